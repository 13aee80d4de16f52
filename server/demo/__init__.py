"""A living organisation to show the product with. Everybody in it is made up."""

from server.demo.setting import KEY
from server.demo.story import live
from server.kernel.errors import NotFound
from server.kernel.settings import Settings
from server.notifications import sink
from server.people.queries import organization_by_key


async def load(settings: Settings) -> bool:
    """Load the demonstration into an open, migrated database; False when it was there already."""
    try:
        await organization_by_key(KEY)
    except NotFound:
        async with sink.running(settings):
            await live()
        return True
    return False
