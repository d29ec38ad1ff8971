# [verify]
import hashlib
import hmac
import time


def is_genuine(headers: dict[str, str], raw: bytes, secret: str) -> bool:
    """Whether Revento signed these very bytes within the last five minutes."""
    plain = {name.lower(): value for name, value in headers.items()}
    stamp, given = plain.get("x-revento-timestamp", ""), plain.get("x-revento-signature", "")
    if not given or not plain.get("x-revento-delivery-id"):
        return False
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 12) or abs(time.time() - int(stamp)) > 300:
        return False
    right = "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    offered = (given, plain.get("x-revento-signature-previous", ""))  # two while a secret is rotated
    return any([hmac.compare_digest(right.encode(), one.encode("utf-8", "replace")) for one in offered])


# [/verify]
