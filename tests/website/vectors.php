<?php
// Reads requests as JSON lines, answers each with what examples/php/sign.php makes of it.
require __DIR__ . '/../../examples/php/sign.php';
while (($line = fgets(STDIN)) !== false) {
    ['parameters' => $parameters, 'salt' => $salt, 'key' => $key] = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    $result = [];
    foreach (['text' => fn () => vmcp_signed_text($parameters, $salt), 'answer' => fn () => vmcp_sign($parameters, $salt, $key)] as $what => $make) {
        try {
            $result[$what] = $make();
        } catch (InvalidArgumentException $error) {
            $result["{$what}Error"] = $error->getMessage();
        }
    }
    echo json_encode($result, JSON_THROW_ON_ERROR), "\n";
}
