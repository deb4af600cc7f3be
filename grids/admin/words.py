"""What Django's own pages of the administration say and its Chinese catalogue leaves in English."""

from django.utils.translation import gettext_noop

# Ours are looked up first (LOCALE_PATHS); here they stand to be found by `catalogues update`.
UNTRANSLATED = (
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
)
