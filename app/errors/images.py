"""Image bytes that cannot be looked at."""

from app.errors.problem import Problem


class UnusableImage(Problem):
    """The bytes cannot be looked at. Base of all that the decoder refuses."""

    status = 422


class EmptyFile(UnusableImage):
    code = "empty-file"


class UnsupportedImageType(UnusableImage):
    status = 415
    code = "unsupported-image-type"


class UndecodableImage(UnusableImage):
    code = "undecodable-image"


class TruncatedImage(UnusableImage):
    code = "truncated-image"


class ImageTooSmall(UnusableImage):
    code = "image-too-small"


class ImageTooManyPixels(UnusableImage):
    code = "image-too-many-pixels"


class ImageTooComplex(UnusableImage):
    code = "image-too-complex"


class NoUsableImages(Problem):
    """Several images came and none could be looked at; `errors` says why, one by one."""

    status = 422
    code = "no-usable-images"
