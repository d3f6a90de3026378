<?php
// The same job in PHP: verifies one of Clerk's webhooks, and writes the user.

declare(strict_types=1);

function answer(int $status, array $body): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode($body);
    exit;
}

function verify(string $id, string $timestamp, string $signatures, string $body): bool
{
    if (str_contains($id, '.') || !preg_match('/^[1-9][0-9]*$/D', $timestamp) || abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    $key = base64_decode(substr(getenv('CLERK_WEBHOOK_SIGNING_SECRET'), strlen('whsec_')), true);
    $expected = hash_hmac('sha256', "$id.$timestamp.$body", $key, true);
    foreach (explode(' ', $signatures) as $entry) {
        [$version, $signature] = array_pad(explode(',', $entry, 2), 2, '');
        if ($version === 'v1' && hash_equals($expected, (string) base64_decode($signature, true))) {
            return true;
        }
    }
    return false;
}

function open(): PDO
{
    $db = new PDO('sqlite:' . getenv('CLERK_SYNC_DATABASE'), options: [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    $db->exec('PRAGMA busy_timeout = 5000');
    $db->exec('PRAGMA foreign_keys = ON');
    $db->exec('PRAGMA synchronous = FULL');
    return $db;
}

function upsert(PDO $db, array $user, string $email): void
{
    $role = $user['public_metadata']['role'] ?? 'client';
    $role = in_array($role, ['admin', 'trainer', 'client'], true) ? $role : 'client';
    $now = (int) (microtime(true) * 1000);
    $statement = $db->prepare(<<<SQL
        INSERT INTO users (id, email, firstName, lastName, password, phone, role, createdAt, updatedAt)
        VALUES (?1, ?2, ?3, ?4, '', NULL, ?5, ?6, ?6)
        ON CONFLICT (id) DO UPDATE SET email = excluded.email, firstName = excluded.firstName,
          lastName = excluded.lastName, role = excluded.role, updatedAt = excluded.updatedAt
        SQL);
    foreach ([$user['id'], $email, $user['first_name'] ?? '', $user['last_name'] ?? '', $role] as $index => $text) {
        $statement->bindValue($index + 1, $text);
    }
    $statement->bindValue(6, $now, PDO::PARAM_INT);
    $statement->execute();
}

if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    answer(405, ['error' => 'method_not_allowed']);
}
$id = trim($_SERVER['HTTP_SVIX_ID'] ?? '');
$timestamp = trim($_SERVER['HTTP_SVIX_TIMESTAMP'] ?? '');
$signatures = trim($_SERVER['HTTP_SVIX_SIGNATURE'] ?? '');
$body = file_get_contents('php://input');
if ($id === '' || $timestamp === '' || $signatures === '') {
    answer(400, ['error' => 'missing_headers']);
}
if (!verify($id, $timestamp, $signatures, $body)) {
    answer(400, ['error' => 'invalid_signature']);
}

$event = json_decode($body, true);
$type = $event['type'] ?? null;
$user = $event['data'] ?? null;
if (!is_string($type) || !is_array($user)) {
    answer(400, ['error' => 'malformed_event']);
}
if (!in_array($type, ['user.created', 'user.updated', 'user.deleted'], true)) {
    answer(200, ['outcome' => 'ignored', 'id' => $id]);
}
if (!is_string($user['id'] ?? null) || $user['id'] === '') {
    answer(400, ['error' => 'no_user_id']);
}
$email = null;
if ($type !== 'user.deleted') {
    foreach ($user['email_addresses'] ?? [] as $address) {
        if (isset($address['id']) && $address['id'] === ($user['primary_email_address_id'] ?? null)) {
            $email = $address['email_address'] ?? null;
            break;
        }
    }
    if (!is_string($email) || $email === '') {
        answer(400, ['error' => 'no_primary_email']);
    }
}

try {
    $db = open();
    $db->exec('BEGIN IMMEDIATE');
    if ($email === null) {
        $db->prepare('DELETE FROM users WHERE id = ?')->execute([$user['id']]);
    } else {
        upsert($db, $user, $email);
    }
    $db->exec('COMMIT');
    $db = null; // closes, before the answer
} catch (PDOException $error) {
    error_log($error->getMessage());
    answer(500, ['error' => 'database_error']);
}
answer(200, ['outcome' => 'applied', 'id' => $id]);
