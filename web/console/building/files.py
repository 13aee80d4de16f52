"""The files of the builder's part of resources: what is uploaded is kept at once, and named by the draft."""

from functools import partial
from pathlib import PurePath

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.db import Json
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.programs.resources.actions import keep_file
from server.programs.resources.setup import BYTES_MOST, FILES_MOST, NAME_LETTERS, TITLE_LETTERS, file_name
from web.bodies import ENVELOPE_BYTES
from web.console.building import desk
from web.console.building import resources_words as words
from web.console.building.outline import address as part_address
from web.console.building.resources import drawn
from web.forms import Errors, read_form, text, upload

WORD_LETTERS = 20


async def keep(request: Request) -> Response:
    """Use these files in the draft. Whatever else is wrong, what was uploaded need not be chosen again."""
    form, plan, errors = await read_form(request), await desk.opened(request), Errors()
    rows = [_typed(form, f"resources.files[{place}].") for place in range(1, FILES_MOST + 1)]
    sizes = {one["file"]: one["bytes"] for one in plan.content["resources"]["files"]}
    files, new = [{**one, "bytes": sizes.get(one["file"], 0)} for one in rows if one["title"]], _new(form)
    if upload(form, "new.file"):
        try:
            files.append(await _kept(request, form, new))
        except Invalid as refusal:
            errors.add("new.file", refusal.message)
    elif new["title"]:
        errors.add("new.file", _("Choose a file first."))
    given = {"resources": {**plan.content["resources"], "files": files}}
    shown = partial(drawn, new=new) if errors else drawn
    return await desk.keep(request, words.PART, form, given, shown, errors, back=part_address(plan, words.PART))


def _typed(form: FormData, at: str) -> Json:
    return {
        "title": text(form, f"{at}title", 2 * TITLE_LETTERS), "file": text(form, f"{at}file", desk.DIGEST_LETTERS),
        "name": text(form, f"{at}name", NAME_LETTERS), **_meant(form, at),
    }


def _new(form: FormData) -> Json:
    return {"title": text(form, "new.title", 2 * TITLE_LETTERS), **_meant(form, "new.")}


def _meant(form: FormData, at: str) -> Json:
    return {name: text(form, f"{at}{name}", WORD_LETTERS) for name in ("to", "when")}


async def _kept(request: Request, form: FormData, new: Json) -> Json:
    """The file that was chosen, as an entry. Without a title of its own it has that of its name."""
    file = upload(form, "new.file")
    content, given = (await file.read(), file.filename or "") if file else (b"", "")
    row = await keep_file(request.state.actor, desk.program_id(request), content)
    name = file_name(given, row.kind)
    title = new["title"] or PurePath(name).stem[:TITLE_LETTERS]
    return {**new, "title": title, "file": row.digest, "name": name, "bytes": row.size}


routes = [
    Route(
        f"{desk.HERE}resources/files", keep, methods=["POST"], name="console-build-files",
        max_body_size=BYTES_MOST + ENVELOPE_BYTES,
    ),
]
