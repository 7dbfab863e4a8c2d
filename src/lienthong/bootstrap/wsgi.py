"""The web process: Django under granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lienthong.bootstrap.settings")
application = get_wsgi_application()
