"""How many digits a currency has after the point, by its ISO 4217 code, as the service knows them."""

from __future__ import annotations

from typing import Final

from batchctl.javascript.coercion import text

_CODES: Final = {
    0: """
BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XAG XAU XBA XBB XBC XBD XDR XOF XPD XPF XPT XSU XTS XUA
XXX
""",
    2: """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF
IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV
MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLL SOS SRD SSP
STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VES WST XCD YER ZAR ZMW ZWL
""",
    3: """
BHD IQD JOD KWD LYD OMR TND
""",
    4: """
CLF UYW
""",
}
_DIGITS: Final = {code: digits for digits, codes in _CODES.items() for code in codes.split()}


def digits_of(code: object) -> int | None:
    """How many digits a currency has after the point, by its ISO 4217 ``code`` in capitals (``USD``).

    None for a currency that the service does not know, and so for null and UNDEFINED.
    """
    return _DIGITS.get(text(code))
