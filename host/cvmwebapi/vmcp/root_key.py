"""The keystore that is asked when the settings name none: CERN's, as in CernVM WebAPI 1 and 2.

The 4096-bit RSA key is the one that those versions carried for the same list; a public key is a fact, not code.
SHA-256 of its DER: e77d57d61fd2296ac8433f1e1aafebbe3694d87b7f37d3f112e84cabb63bd83a.
"""

from __future__ import annotations

from cvmwebapi.config.settings import Keystore

# Plain http, as it has always been served: what counts is the signature over the list.
CERN = Keystore(
    url="http://cernvm.cern.ch/releases/webapi/keystore",
    root_key="""\
MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEA5WE/hvkWS3ySFLvwXdEHLtxwRkHqSDJk
bmp8Ys9hf75RLiXd+Ib2tjuBEQR7+N0UzxDVIMXa+1AAXl7OWoq+mfu7X9LNOWvB14x/Cyg62wao
sI7KrqaWvjbSGlc6UlHY9KCf6jwUROyD35g+PNiwjMrHv8HX/jcUj3GPPYuicJWEqZBSejJFkRRc
PQMNydT+oz7o+t05FdodASM3P5RmTzfa8sdeH4vfznZSLXFlVeG2tf12ewwOycafALb8IXI02eaE
nbWhyAuz39p+yKsaicQUVM+qBfRxo4L2m6iWkZ+0W3wEOw1RR/eOIYXemIuOUv58VDJ6L9r6azqa
HMeWkbsgd7jZNkDhZYcOEgXLCcSXxd6TLHYwqPQ+f/AECqG2BTW/IlXw0OrYKBqUOP4qN89EefL4
VeR61Ycdq+6lgO1fj97UlsxNA5oK1DKH4NMoqBz7LSnMZxFZ4dD+zjdoYu1ZtPq1pkQBK1OMkV4p
6mOaqmbQ/xLHA0BubVasTqX7JjX5gSsNj+wc3L5T6rIK7Q5iv0+wbnIFK05oQLlM1sObeXmR7rtA
9YpBQd/rUu5vLTUzpiKtGUHB8UiAqlPvTdk+dxItGko3b2q2HsURiCVtlZTM9XJUlwxZJYiLDAjY
cKGtkC1rXrsYI2RY7wOJcCa+9ru41YW+qzmzgCIk8JECAwEAAQ==""",
)
