"""`python -m motcua COMMAND`: Django's management entry, with the settings named in the environment."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    execute_from_command_line(["motcua", *sys.argv[1:]])
