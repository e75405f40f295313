package org.entente.gateway.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.ProtoBytes;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.junit.jupiter.api.Test;

/** On what a remembered outcome's key depends. */
class OutcomeKeyTest {
  private static final NodeName CLIENT = new NodeName("declarations");

  private final OutcomeKey.Fingerprint fingerprint =
      OutcomeKey.Fingerprint.hmac(SecretBytes.random(new SecureRandom(), 32), bytes("label"));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private OutcomeKey key(Draft draft) {
    return OutcomeKey.of(CLIENT, draft, ProtoBytes.canonical(draft.getBody()), fingerprint);
  }

  @Test
  void key_dependsOnLabelAndBody_butNotOnTheSpan() {
    Draft draft = draft("text/plain").setIdempotencyKey("k").build();
    assertEquals(key(draft), key(draft.toBuilder().setTraceparent("00-1-2-01").build()));
    assertNotEquals(key(draft), key(draft("text/csv").setIdempotencyKey("k").build()));
    Draft.Builder changed = draft.toBuilder();
    changed.getLabelBuilder().setCaseRef("case");
    assertNotEquals(key(draft), key(changed.build()));
  }

  private static Draft.Builder draft(String type) {
    return Draft.newBuilder()
        .setBody(Body.newBuilder().setDocument(Document.newBuilder().setMediaType(type)));
  }

  @Test
  void fingerprint_tellsFieldsFromTheBody() {
    assertNotEquals(
        OutcomeKey.of("c", "k", fingerprint.of(bytes("ab"), bytes("c"))),
        OutcomeKey.of("c", "k", fingerprint.of(bytes("a"), bytes("bc"))));
  }
}
