<?php
// A VMCP endpoint: SITE_KEY=site-key.pem php -S 127.0.0.1:8081 vmcp.php
declare(strict_types=1);

require __DIR__ . '/sign.php';

$key = file_get_contents(getenv('SITE_KEY'));
$computer = $_GET['cvm_hostid'] ?? '';
$machine = [
    'name' => 'example',
    'secret' => hash_hmac('sha256', is_string($computer) ? $computer : '', $key),
    'cpus' => 1,
    'memory' => 1024,
    'flags' => 1,
    'userData' => "[amiconfig]\n",
];
header('Content-Type: application/json');
header('Cache-Control: no-store');
try {
    $salt = $_GET['cvm_salt'] ?? '';
    echo json_encode(vmcp_sign($machine, is_string($salt) ? $salt : '', $key), JSON_THROW_ON_ERROR);
} catch (InvalidArgumentException $error) {
    http_response_code(400);
    echo json_encode(['error' => $error->getMessage()]);
}
