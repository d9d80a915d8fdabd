"""Downloads that are checked.

Where the authors of an archive publish no checksum, none is invented: the SHA-256 of
the first download is written beside the archive and every later one must match it
(trust on first use). Archives and unpacked files stay in the course's cache.
"""

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

from data_scripts.files import DataError, cache_dir, write_atomic


def fetch_archive(address: str, name: str, sha256: str | None = None) -> Path:
    """Folder of an unpacked zip archive, downloaded when it is not there yet.

    address: of the zip file. name: of the folder below the cache's `downloads/`.
    sha256: the checksum where one is known; otherwise that of the first download.
    """
    downloads = cache_dir() / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    folder = downloads / name
    if folder.is_dir():
        return folder
    archive = download(address, downloads, sha256)
    unpack(archive, folder)
    return folder


def download(address: str, downloads: Path, sha256: str | None) -> Path:
    """The archive in `downloads`, checked against the known or recorded checksum."""
    import pooch
    import requests

    name = address.rsplit("/", 1)[-1]
    note = downloads / f"{name}.sha256"
    known = sha256 or (note.read_text().strip() if note.is_file() else None)
    try:
        path = Path(pooch.retrieve(address, known, fname=name, path=downloads))
    except requests.RequestException as error:
        raise DataError(
            f"{address} could not be fetched ({type(error).__name__}): check the "
            "connection, or download and unpack it yourself and pass --source FOLDER."
        ) from error
    except ValueError as error:
        raise DataError(
            f"{address} is not the file that {note} describes: if its authors "
            "replaced it, delete that note and run the command again."
        ) from error
    if known is None:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        write_atomic(note, f"{digest}\n".encode())
    return path


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip file to `folder`, which appears only when it is complete."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as files:
            files.extractall(part)
    except (zipfile.BadZipFile, EOFError) as error:
        raise DataError(
            f"{archive} is damaged: delete it and run the command again."
        ) from error
    os.replace(part, folder)
