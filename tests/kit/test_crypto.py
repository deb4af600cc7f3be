"""What lies sealed opens only where it belongs, with its key, unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.kit.crypto import Keyring, SealBroken

OLD, NEW = "o" * 40, "n" * 40
RINGS = {cipher: Keyring(((1, OLD),), "i" * 40, cipher) for cipher in ("AES", "SM4")}
PLACE = "residents_resident.phone:1b4e28ba"


@pytest.mark.parametrize("ring", RINGS.values(), ids=RINGS)
@given(st.text(max_size=60))
def test_what_was_sealed_opens_again(ring, text):
    assert ring.open(ring.seal(text, PLACE), PLACE) == text


@pytest.mark.parametrize("ring", RINGS.values(), ids=RINGS)
def test_the_same_text_is_never_sealed_the_same_way(ring):
    assert len({ring.seal("13800000000", PLACE) for _n in range(50)}) == 50


@pytest.mark.parametrize("ring", RINGS.values(), ids=RINGS)
def test_in_another_row_or_column_it_does_not_open(ring):
    token = ring.seal("13800000000", PLACE)

    for place in (PLACE[:-1] + "b", PLACE.replace("phone", "name"), ""):
        with pytest.raises(SealBroken):
            ring.open(token, place)


@pytest.mark.parametrize("ring", RINGS.values(), ids=RINGS)
def test_any_changed_bit_breaks_the_seal(ring):
    token = ring.seal("程晓梅", PLACE)

    for place in range(len(token)):
        broken = bytearray(token)
        broken[place] ^= 1
        with pytest.raises(SealBroken):
            ring.open(bytes(broken), PLACE)


@pytest.mark.parametrize("token", [b"", b"\x01", b"\x01\x01" + b"x" * 27, b"\x09\x01" + b"x" * 40])
def test_what_was_never_sealed_is_no_error_page(token):
    with pytest.raises(SealBroken):
        RINGS["AES"].open(token, PLACE)


@pytest.mark.parametrize("cipher", ["AES", "SM4"])
def test_a_new_key_seals_and_the_old_one_still_opens(cipher):
    token = RINGS["AES"].seal("程晓梅", PLACE)
    both = Keyring(((2, NEW), (1, OLD)), "i" * 40, cipher)

    assert both.open(token, PLACE) == "程晓梅"
    assert (both.is_current(token), both.is_current(both.seal("程晓梅", PLACE))) == (False, True)
    with pytest.raises(SealBroken):
        RINGS["AES"].open(both.seal("程晓梅", PLACE), PLACE)


@pytest.mark.parametrize("ring", RINGS.values(), ids=RINGS)
def test_a_trace_finds_the_same_again_and_says_nothing(ring):
    other = Keyring(((1, OLD),), "j" * 40, ring.cipher)

    assert ring.trace("phone", "13800000000") == ring.trace("phone", "13800000000")
    assert ring.trace("phone", "13800000000") != ring.trace("id number", "13800000000")
    assert ring.trace("phone", "13800000000") != other.trace("phone", "13800000000")
    assert -(2**63) <= ring.short_trace("name", "程") < 2**63


def test_an_exception_says_nothing_of_what_was_sealed():
    token = RINGS["AES"].seal("程晓梅", PLACE)

    with pytest.raises(SealBroken) as broken:
        RINGS["AES"].open(token, "elsewhere")

    assert "程" not in str(broken.value) and PLACE not in str(broken.value)
