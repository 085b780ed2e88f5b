<?php
// The VMCP signature in PHP 8: vmcp_sign() returns the parameters with their signature, ready for json_encode().
declare(strict_types=1);

/** The text that is signed. Throws InvalidArgumentException for what has no unambiguous text. */
function vmcp_signed_text(array $parameters, string $salt): string
{
    if (!preg_match('/^[A-Za-z0-9-]{1,256}$/D', $salt)) {
        throw new InvalidArgumentException('the salt must be 1 to 256 letters, digits or hyphens');
    }
    ksort($parameters, SORT_STRING);
    $lines = [];
    foreach ($parameters as $key => $value) {
        $key = (string) $key;  // PHP turns a key of digits into an integer.
        $lower = strtolower($key);
        if (!preg_match('/^[ -<>-~]{1,128}$/D', $key) || isset($lines[$lower])) {
            throw new InvalidArgumentException("the key $key is not plain ASCII, or occurs twice");
        }
        $lines[$lower] = $lower === 'signature' ? '' : $lower . '=' . rawurlencode(vmcp_text($key, $value)) . "\n";
    }
    return implode('', $lines) . $salt;
}

function vmcp_text(string $key, mixed $value): string
{
    if (is_bool($value)) {
        return $value ? '1' : '0';
    }
    if ((is_int($value) && abs($value) < 2 ** 53) || (is_string($value) && preg_match('//u', $value))) {
        return (string) $value;
    }
    throw new InvalidArgumentException("$key must be a UTF-8 string, a boolean, or an integer below 2^53");
}

/** $salt is the cvm_salt of the request, $privateKey the PEM of an RSA key. */
function vmcp_sign(array $parameters, string $salt, string $privateKey): array
{
    $key = openssl_pkey_get_private($privateKey);
    if ($key === false || openssl_pkey_get_details($key)['type'] !== OPENSSL_KEYTYPE_RSA) {
        throw new InvalidArgumentException('this is no RSA private key');
    }
    $own = ['signature', 'signaturealgorithm'];
    $others = fn ($name) => !in_array(strtolower((string) $name), $own, true);
    $parameters = array_filter($parameters, $others, ARRAY_FILTER_USE_KEY);
    openssl_sign(vmcp_signed_text($parameters, $salt), $signature, $key, OPENSSL_ALGO_SHA512);
    $sent = array_map(fn ($value) => is_bool($value) ? (int) $value : $value, $parameters);
    return $sent + ['signature' => base64_encode($signature)];
}
