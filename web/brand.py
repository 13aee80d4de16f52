"""The colour of a programme as a style sheet. It is worked out from the address alone, so it tells of nobody."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import NotFound
from server.programs.branding.colours import look_of, passes_light
from server.programs.branding.setup import COLOUR

FOREVER = "public, max-age=31536000, immutable"
RULES = """@media (forced-colors: none) and (not (prefers-contrast: more)) {{
  :root {{ --sea: {look.sea}; --sea-deep: {look.sea_deep}; --deep-1: {look.deep_1}; --deep-2: {look.deep_2};
    --focus: {look.sea}; }}
  @media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{
    --sea: {look.dark_sea}; --sea-deep: {look.dark_sea_deep}; --focus: {look.dark_sea}; }} }}
  :root[data-theme="dark"] {{ --sea: {look.dark_sea}; --sea-deep: {look.dark_sea_deep}; --focus: {look.dark_sea}; }}
}}
"""


async def style(request: Request) -> Response:
    """The rules of one colour; none for a colour that cannot be read."""
    colour = f"#{request.path_params['accent']}".upper()
    if not COLOUR.fullmatch(colour) or not passes_light(colour):
        raise NotFound
    return Response(
        RULES.format(look=look_of(colour)), media_type="text/css", headers={"Cache-Control": FOREVER}
    )


routes = [Route("/brand/{accent}", style, name="brand")]
