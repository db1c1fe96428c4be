"""The Jinja environment: the only page that runs templates, and the one that explains a broken one.

    ("/workspace/templates", "/packaged/templates") -> the first folder that has "style.css" gives it

Edge: reads template files. Texts are values here, never templates: what staff and lists write is passed in, escaped on
the way out, and no string of theirs is ever compiled. The sandbox is for templates from elsewhere: no private
attributes, no changing of values.
"""

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isa_mail.errors import BuildError, IsaMailError
from isa_mail.model import Place

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_HINT = "Compare it with the original, or remove it from templates/ to use the original again."


def environment(
    folders: tuple[Path, ...], filters: Mapping[str, Callable[..., object]]
) -> "ImmutableSandboxedEnvironment":
    """Make an environment that searches `folders` in order, file by file. Everything but .txt.j2 is escaped."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders], encoding="utf-8-sig"),
        autoescape=lambda name: name is None or not name.endswith(".txt.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters.update(filters)
    return made


def run(templates: "ImmutableSandboxedEnvironment", name: str, values: Mapping[str, Any], root: Path) -> str:
    """Run one template to its end.

    Raises BuildError at the template's file and line if it, or one that it includes, is missing or broken.
    """
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

    try:
        return templates.get_template(name).render(values)
    except IsaMailError:
        raise
    except TemplateNotFound as error:
        raise BuildError(
            f"The template {error.name} does not exist.",
            place=Place(f"templates/{error.name}"),
            hint="Install isa-mail again, or put the file into templates/.",
        ) from error
    except TemplateSyntaxError as error:
        place = Place(_relative(error.filename or f"templates/{name}", root), error.lineno)
        raise BuildError(f"The template is broken: {error.message}", place=place, hint=_HINT) from error
    except UnicodeDecodeError as error:
        raise BuildError(
            "A template is not UTF-8.", place=Place(f"templates/{name}"), hint="Save it again as UTF-8."
        ) from error
    except Exception as error:
        place_in_template = _place(error, templates.loader.searchpath, root)  # type: ignore[union-attr]
        if place_in_template is None or not isinstance(error, TemplateError) and not _raised_in_template(error):
            raise  # a bug of ours: it keeps its traceback
        raise BuildError(f"The template fails: {error}.", place=place_in_template, hint=_HINT) from error


def _place(error: Exception, folders: list[str], root: Path) -> Place | None:
    """Find the innermost template line in a traceback; Jinja rewrites it to name files and lines of templates."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(tuple(folders))]
    return Place(_relative(frames[-1].filename, root), frames[-1].lineno) if frames else None


def _raised_in_template(error: Exception) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename.endswith((".j2", ".css"))


def _relative(filename: str, root: Path) -> str:
    path = Path(filename)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else f"templates/{path.name}"
