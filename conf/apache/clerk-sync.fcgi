#!/bin/sh
# Starts clerk-sync on shared hosting; conf/apache/htaccess tells where this file goes.

# CHANGE: the folder with the program and its settings, outside the document root. As it stands it is the one named
# clerk-sync beside the document root; this file lies directly in the document root.
cd "$(dirname "$0")/../clerk-sync" || exit 1

# The settings. A relative path of a file starts at this folder.
set -a
. ./clerk-sync.env
# mod_fcgid gives a process one request at a time and starts more processes when it needs them.
CLERK_SYNC_THREADS=1
# A host without libfcgi or libhiredis: upload libfcgi.so.0 and libhiredis.so.0.14 into the folder lib.
LD_LIBRARY_PATH=$PWD/lib
set +a

# What the handler says of each request, in a file that you can download.
exec ./clerk-sync.fcgi 2>>clerk-sync.log
