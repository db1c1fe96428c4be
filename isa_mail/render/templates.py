"""The Jinja environment: the only page that runs templates, and the one that explains a broken one.

    ("/workspace/templates", "/packaged/templates") -> the first folder that has "style.css" gives it

Edge: reads template files. Texts are values here, never templates: what staff and lists write is passed in, escaped on
the way out, and no string of theirs is ever compiled. The sandbox is for templates from elsewhere: no private
attributes, no changing of values.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isa_mail.errors import BuildError, IsaMailError
from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.render.files import is_meant

if TYPE_CHECKING:
    from jinja2.bccache import BytecodeCache
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_SUFFIXES = (".j2", ".css")
_HINT = "Compare it with the original, or remove it from templates/ to use the original again."


def environment(
    folders: tuple[Path, ...], filters: Mapping[str, Callable[..., object]]
) -> "ImmutableSandboxedEnvironment":
    """Make an environment that searches `folders` in order, file by file. Everything but .txt.j2 is escaped.

    "packaged/NAME" is the last folder's, so that a file of one's own can include the one whose place it takes.
    """
    from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(
            [
                FileSystemLoader([str(folder) for folder in folders], encoding="utf-8-sig"),
                PrefixLoader({"packaged": FileSystemLoader(str(folders[-1]), encoding="utf-8-sig")}),
            ]
        ),
        autoescape=lambda name: name is None or not name.endswith(".txt.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_compiled(),
    )
    made.filters.update(filters)
    return made


@cache
def _compiled() -> "BytecodeCache":
    """Keep compiled templates for the next rendering: half of its time, which a preview feels at every save.

    Jinja compares a hash of the source, so an edited template is compiled anew; the newest of each file is kept.
    """
    from jinja2.bccache import Bucket, BytecodeCache

    class InMemory(BytecodeCache):
        def __init__(self) -> None:
            self._by_key: dict[str, bytes] = {}

        def load_bytecode(self, bucket: Bucket) -> None:
            if bucket.key in self._by_key:
                bucket.bytecode_from_string(self._by_key[bucket.key])

        def dump_bytecode(self, bucket: Bucket) -> None:
            self._by_key[bucket.key] = bucket.bytecode_to_string()

    return InMemory()


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
        place = Place(_undecodable(templates, name))
        raise BuildError("The template is not UTF-8.", place=place, hint="Save it again as UTF-8.") from error
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        # Jinja rewrites tracebacks, so that its own frames name files and lines of templates.
        lines = [frame for frame in frames if frame.filename.endswith(_SUFFIXES)]
        if not lines or not (
            isinstance(error, TemplateError) or frames[-1] is lines[-1] or _is_own(lines[-1].filename, root)
        ):
            raise  # a packaged template made our own code fail: a bug of ours, which keeps its traceback
        place = Place(_relative(lines[-1].filename, root), lines[-1].lineno)
        raise BuildError(f"The template fails: {error}.", place=place, hint=_HINT) from error


def template_findings(folders: tuple[Path, ...], root: Path) -> Iterator[Finding]:
    """Point out files of one's own that take the place of no packaged one, and that no other one of them names."""
    packaged = folders[-1]
    originals = sorted(
        path.relative_to(packaged).as_posix() for path in packaged.rglob("*") if path.is_file()
    )
    for folder in folders[:-1]:
        own = sorted(path for path in folder.rglob("*") if path.is_file() and is_meant(path))
        texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in own}
        for path in own:
            name = path.relative_to(folder).as_posix()
            named = any(name in text for other, text in texts.items() if other != path)
            if name in originals or named:
                continue
            near = _nearest(name, originals)
            yield Finding(
                "R108",
                Severity.WARNING,
                Place(_relative(str(path), root)),
                "This file takes the place of no template.",
                f"Did you mean {near}?" if near else f"These can be replaced: {', '.join(originals)}.",
            )


def _nearest(name: str, originals: list[str]) -> str | None:
    """Find the original that was meant: by the file's name alone, since folder and ending may be what is wrong."""
    stems = {original: original.rpartition("/")[2].partition(".")[0] for original in originals}
    stem = name.rpartition("/")[2].partition(".")[0].casefold()
    for near in get_close_matches(stem, set(stems.values()), n=1):
        return get_close_matches(name, [each for each in originals if stems[each] == near], n=1, cutoff=0)[0]
    return None


def _undecodable(templates: "ImmutableSandboxedEnvironment", name: str) -> str:
    """Find the file that is not UTF-8: `name` or one that it includes."""
    assert templates.loader is not None
    for candidate in (name, *templates.list_templates(filter_func=lambda each: each.endswith(_SUFFIXES))):
        try:
            templates.loader.get_source(templates, candidate)
        except UnicodeDecodeError:
            return f"templates/{candidate}"
    return f"templates/{name}"


def _is_own(filename: str, root: Path) -> bool:
    return Path(filename).is_relative_to(root)


def _relative(filename: str, root: Path) -> str:
    path = Path(filename)
    return path.relative_to(root).as_posix() if _is_own(filename, root) else f"templates/{path.name}"
