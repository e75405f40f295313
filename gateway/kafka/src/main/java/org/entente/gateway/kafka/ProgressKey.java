package org.entente.gateway.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.crypto.ConstantTime;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.crypto.SecretBytes;

/**
 * Authenticates the records of a progress topic, so that those of another program do not count.
 *
 * <p>The header {@value #HEADER} has 32 bytes: HMAC-SHA-256 over the length of the record's key in
 * four bytes, the key, and the value. The MAC's key is derived from the client's private key and
 * the topic's name with HKDF (RFC 5869), so that nothing has to be configured, and a record does
 * not count in another topic. Thread-safe.
 */
final class ProgressKey {
  static final String HEADER = "entente.mac";
  private static final String USE = "entente kafka progress 1 ";

  private final SecretBytes key;

  private ProgressKey(SecretBytes key) {
    this.key = key;
  }

  /**
   * The key of a topic.
   *
   * @throws CommandFailure if the client's private key cannot be read
   */
  static ProgressKey of(Credentials client, String topic) {
    try {
      return of(Pem.privateKey(Files.readString(client.key())), topic);
    } catch (IOException | InvalidKeyException e) {
      throw new CommandFailure("--credentials: " + client.key() + ": " + e.getMessage(), e);
    }
  }

  static ProgressKey of(PrivateKey client, String topic) {
    byte[] extracted = Hkdf.extractSha256(new byte[0], client.getEncoded());
    byte[] use = (USE + topic).getBytes(StandardCharsets.UTF_8);
    return new ProgressKey(
        SecretBytes.takeOver(Hkdf.expandSha256(extracted, use, HmacSha256.MAC_BYTES)));
  }

  private byte[] code(byte[] recordKey, byte[] value) {
    byte[] length = ByteBuffer.allocate(Integer.BYTES).putInt(recordKey.length).array();
    return key.use(secret -> HmacSha256.mac(secret, length, recordKey, value));
  }

  /** Adds the header to a record that has a key and a value. */
  ProducerRecord<byte[], byte[]> authenticated(ProducerRecord<byte[], byte[]> record) {
    record.headers().add(HEADER, code(record.key(), record.value()));
    return record;
  }

  /** Whether a record that has a key and a value was written with this key. */
  boolean wrote(ConsumerRecord<String, byte[]> record) {
    Header found = record.headers().lastHeader(HEADER);
    byte[] expected = code(record.key().getBytes(StandardCharsets.UTF_8), record.value());
    return found != null && found.value() != null && ConstantTime.equal(expected, found.value());
  }
}
