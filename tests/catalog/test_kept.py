"""What is derived from a catalog is derived once, and forgotten with it."""

import gc
from weakref import ref

from catalog.kept import kept


class Thing:
    """Something that stands for a catalog: it is itself alone."""


def test_a_value_is_derived_once_for_each_catalog_and_id():
    derived = []

    @kept
    def tell(catalog, *ids):
        derived.append((catalog, *ids))
        return len(derived)

    one, other = Thing(), Thing()
    assert [tell(one), tell(one), tell(one, "a"), tell(other), tell(one, "a"), tell(one)] == [1, 1, 2, 3, 2, 1]
    assert derived == [(one,), (one, "a"), (other,)]


def test_a_value_may_be_handed_to_a_catalog_that_would_derive_another():
    tell = kept(lambda _catalog: "derived")
    one, other = Thing(), Thing()
    tell.keep(one, "handed over")
    assert (tell(one), tell(other)) == ("handed over", "derived")


def test_a_catalog_that_nobody_needs_any_more_is_not_held():
    tell = kept(lambda _catalog: "derived")
    gone = Thing()
    tell(gone)
    known = ref(gone)
    del gone
    gc.collect()
    assert known() is None
