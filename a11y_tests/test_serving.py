"""What watches the product lets go of it again, also where it is served twice in one process."""

from a11y_tests.serving import served
from web import render
from web.render import ENV


async def test_the_product_served_twice_is_watched_twice_and_let_go_of() -> None:
    before = ENV.get_template, vars(render)["_fragment"], dict(ENV.globals)
    async with served() as (_, first):
        async with served() as (_, second):
            ENV.get_template("offline.html")
        ENV.get_template("plain.html")
    ENV.get_template("console.html")
    assert {"offline.html", "plain.html", "console.html"} & first.seen.templates == {"offline.html", "plain.html"}
    assert {"offline.html", "plain.html", "console.html"} & second.seen.templates == {"offline.html"}
    assert (ENV.get_template, vars(render)["_fragment"], dict(ENV.globals)) == before
