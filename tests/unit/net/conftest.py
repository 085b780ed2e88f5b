from tests.unit.site_fixtures import own_folders, root_key, site, site_key

__all__ = ["own_folders", "root_key", "site", "site_key"]
