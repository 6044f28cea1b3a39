"""How gunicorn serves a province: `gunicorn --config python:sakhon_portal.gunicorn`.

The address to listen on stands on the command line, since it differs between image and unit.
"""

from sakhon_portal.settings import LOGGING

wsgi_app = "sakhon_portal.wsgi:application"
workers = 3
threads = 4
# The code's folder is read-only: heartbeats go to memory, and nobody steers a running server by a file.
worker_tmp_dir = "/dev/shm"  # nosec B108: an unnamed file of its own
control_socket_disable = True
logconfig_dict = LOGGING
