"""The files of others are what their packages hold, each with its licence."""

import hashlib
from pathlib import Path

import pytest
import yaml

VENDOR = Path(__file__).resolve().parents[2] / "docs" / "assets" / "vendor"
PACKAGES = yaml.safe_load((VENDOR / "vendored.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_a_vendored_file_has_the_recorded_digest(package):
    for name, digest in package["files"].items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_a_vendored_package_brings_its_licence(package):
    assert package["license"]
    assert any("LICENSE" in name for name in package["files"])


def test_every_vendored_file_is_recorded():
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}

    assert there - {"vendored.yml"} == {name for package in PACKAGES for name in package["files"]}
