package org.entente.gateway.transmit;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.batch.BatchPlanner;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.decide.RecheckInputs;
import org.entente.gateway.seal.Opener;
import org.entente.proto.store.v1.SealedUnder;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Own mail whose labels are asked about again, two messages in one envelope. */
class PolicyChangeRecheckTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final Body BODY =
      Body.newBuilder()
          .setDocument(
              Document.newBuilder()
                  .setMediaType("application/pdf")
                  .setContent(ByteString.copyFrom(new byte[1_234])))
          .build();

  private final SecureRandom random = new SecureRandom();
  private final MessageId first = MessageId.fresh(NOW.toEpochMilli(), random);
  private final MessageId second = MessageId.fresh(NOW.toEpochMilli(), random);

  @AutoClose
  private final Sealed sealed =
      new Sealer(FR, new NodeName("gw"), Ed25519SigningKey.generate(random), random, () -> NOW)
          .seal(BatchPlanner.group(List.of(item(first), item(second)), 64, 1 << 20).get(0));

  private static SealingItem item(MessageId id) {
    return SealingItem.of(PermittedFixture.alert(id, FR, Lane.ROUTINE, BODY, NOW, DE.value()));
  }

  private StoredEnvelope stored() {
    return StoredEnvelope.newBuilder()
        .setHeader(ByteString.copyFrom(sealed.envelope().header().encoded()))
        .setSignature(ByteString.copyFrom(sealed.envelope().signature()))
        .setLabels(ByteString.copyFrom(sealed.envelope().labels()))
        .setBodies(ByteString.copyFrom(sealed.envelope().bodies()))
        .build();
  }

  private Optional<Refusal> ask(StoredEnvelope envelope, PolicyChangeRecheck.Decision decision) {
    return new PolicyChangeRecheck(new Opener(count -> {}))
        .refusal(envelope, sealed.contentKey(), DE, decision);
  }

  private static boolean is(Label label, MessageId id) {
    return MessageId.of(label.getMessageId().toByteArray()).equals(id);
  }

  @Test
  void allPermitted_goes_andEachWasAskedWithItsLabelAndSize() {
    StringBuilder asked = new StringBuilder();

    Optional<Refusal> refusal =
        ask(
            stored(),
            (message, recipient) -> {
              asked
                  .append(is(message.label(), first) ? "first " : "second ")
                  .append(message.bodyBytes())
                  .append(' ');
              return Optional.empty();
            });

    int bytes = BODY.getSerializedSize();
    assertEquals(Optional.empty(), refusal);
    assertEquals("first " + bytes + " second " + bytes + " ", asked.toString());
  }

  @Test
  void oneThatMayNotGoAnyMore_stopsWhatWasSealedWithIt_andSaysSo() {
    Refusal found =
        ask(
                stored(),
                (message, recipient) ->
                    is(message.label(), second)
                        ? Optional.of(
                            new Refusal(recipient.value(), Code.NODE_RULE, "node/none", "no more"))
                        : Optional.empty())
            .orElseThrow();

    assertEquals(Code.NODE_RULE, found.code());
    assertEquals(
        "no longer permitted by node/none (one of 2 messages sealed together): no more",
        found.reason());
  }

  @Test
  void generation_otherThanTheOneInForce_orUnknown_isAskedAgain_whateverAnyClockSays() {
    StoredEnvelope under =
        stored().toBuilder()
            .setSealedUnder(SealedUnder.newBuilder().setGeneration(7).setPerson(true))
            .build();

    assertFalse(PolicyChangeRecheck.isUnderAnother(under, 7));
    assertTrue(PolicyChangeRecheck.isUnderAnother(under, 8));
    assertTrue(PolicyChangeRecheck.isUnderAnother(under, 6));
    assertTrue(PolicyChangeRecheck.isUnderAnother(stored(), 0));
    List<RecheckInputs> grounds = new ArrayList<>();
    Optional<Refusal> refusal =
        ask(
            under,
            (message, recipient) -> {
              grounds.add(message.grounds());
              return Optional.empty();
            });
    assertEquals(Optional.empty(), refusal);
    assertEquals(List.of(new RecheckInputs(false, true), new RecheckInputs(false, true)), grounds);
  }

  /** Nobody is asked, and nothing goes. */
  @Test
  void labels_thatDoNotOpen_stopIt() {
    byte[] damaged = sealed.envelope().labels().clone();
    damaged[damaged.length - 1] ^= 1;

    Optional<Refusal> refusal =
        ask(
            stored().toBuilder().setLabels(ByteString.copyFrom(damaged)).build(),
            (message, recipient) -> {
              throw new AssertionError("asked");
            });

    assertEquals(Optional.of(Code.INTERNAL), refusal.map(Refusal::code));
    assertTrue(refusal.orElseThrow().reason().contains("can no longer be opened"));
  }
}
