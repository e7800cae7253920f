# The grader in a container: how to grade on macOS and Windows, or on a server.  docs/instructors.md says how it is run.
FROM python:3.12-slim-bookworm

RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap git libseccomp2 make \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /layerwise
COPY . .
RUN pip install --no-cache-dir --editable '.[staff]'

# What the image itself must hold is looked at here.  Whether namespaces may be made is up to the host that runs it.
RUN classroom doctor --image

# Student code runs as nobody, inside the sandbox; the course lies in /course, and what is graded is written there.
WORKDIR /course
ENTRYPOINT ["classroom"]
CMD ["doctor"]
