#!/bin/sh
# Starts clerk-sync on shared hosting. conf/apache/htaccess explains where to put this file.

# CHANGE: the folder with the program and its settings, outside the document root. The default assumes that this file
# is in the document root itself, and that the folder is named clerk-sync and is beside the document root.
cd "$(dirname "$0")/../clerk-sync" || exit 1

# Read the settings. Relative paths in them are resolved against this folder.
set -a
. ./clerk-sync.env
# mod_fcgid sends a process one request at a time, and starts more processes as needed.
CLERK_SYNC_THREADS=1
# If the host lacks libfcgi, upload libfcgi.so.0 into the folder lib.
LD_LIBRARY_PATH=$PWD/lib
set +a

# Write the log, one line per request, to a file that you can download.
exec ./clerk-sync.fcgi 2>>clerk-sync.log
