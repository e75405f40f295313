package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.ForeignVerifier.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.SealingBatch;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.batch.UnpermittedItems;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.IngressPolicy;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.seal.statement.AddressedStanza;
import org.entente.gateway.testkit.ForeignVerifier;
import org.entente.gateway.testkit.ForeignVerifier.Answer;
import org.entente.gateway.testkit.ForeignVerifier.Case;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence as gateways make it, and as they must not, judged by the verifier in Node too. */
class ForeignEvidenceTest {
  private static final Instant NOW = Instant.ofEpochMilli(Samples.NOW_MS);

  @TempDir private Path folder;

  private final ForeignVerifier foreign = ForeignVerifier.require();
  private final ForeignExchange exchange = new ForeignExchange();
  private final byte[] own = exchange.de.seal(1, 10).envelope().header().encoded();

  private Policy policy() {
    return PolicyFixture.policy(folder, Map.of("sample.yaml", PolicyFixture.sample()));
  }

  private EvidenceItem.Builder item(EvidenceKind kind) {
    return EvidenceItem.newBuilder()
        .setMessageId(ByteString.copyFrom(MessageId.fresh(Samples.NOW_MS, exchange.random).bytes()))
        .setKind(kind)
        .setAgency(FR.value())
        .setAt(Timestamps.fromMillis(Samples.NOW_MS))
        .setHeaderHash(ByteString.copyFrom(org.entente.gateway.crypto.Sha256.hash(own)));
  }

  private SealingItem message(Policy policy, EvidenceBatch batch) {
    MessageId id = MessageId.fresh(Samples.NOW_MS, exchange.random);
    return policy
        .messages()
        .evidence(id, batch, FR, DE, Lane.ROUTINE, false, NOW)
        .map(SealingItem::of)
        .orElseThrow();
  }

  private static EvidenceBatch batch(EvidenceItem.Builder... items) {
    EvidenceBatch.Builder batch = EvidenceBatch.newBuilder();
    for (EvidenceItem.Builder item : items) {
      batch.addItems(item);
    }
    return batch.build();
  }

  private Case sealed(String name, SealingItem item) {
    Sealed sealed = exchange.fr.sealer.seal(new SealingBatch(item.key(), List.of(item)));
    AddressedStanza stanza = exchange.fr.stanzaFor(exchange.de, sealed, 40);
    byte[][] parts = ForeignExchange.parts(sealed.envelope(), stanza.stanza());
    return exchange
        .learning(name, "evidence", exchange.announcement)
        .with("header", parts[0])
        .with("signature", parts[1])
        .with("labels", parts[2])
        .with("bodies", parts[3])
        .with("stanza", parts[4])
        .with("about", List.of(ForeignExchange.hex(own)));
  }

  @Test
  void evidence_ofEveryKind_isReadTheSame() {
    Policy policy = policy();
    for (EvidenceKind kind : EvidenceKind.values()) {
      if (kind == EvidenceKind.UNRECOGNIZED || kind == EvidenceKind.EVIDENCE_KIND_UNSPECIFIED) {
        continue;
      }
      EvidenceItem.Builder first = item(kind).setCode("EXPIRED").setReason("too late");
      EvidenceItem.Builder second = item(kind).clearHeaderHash();
      Case one = sealed(kind.name(), message(policy, batch(first, second)));

      Answer answer = foreign.ask(List.of(one)).get(0);

      assertEquals(OK, answer.verdict());
      assertEquals(kind.getNumber(), answer.value().at("/items/0/kind").asInt());
      assertEquals(
          ForeignExchange.hex(first.getMessageId().toByteArray()),
          answer.value().at("/items/0/message").asText());
      assertEquals("EXPIRED", answer.value().at("/items/0/code").asText());
      assertEquals(NOW.getEpochSecond(), answer.value().at("/items/0/at").asLong());
      assertEquals(0, answer.value().at("/items/0/about").asInt());
      assertEquals(-1, answer.value().at("/items/1/about").asInt());
    }
  }

  @Test
  void item_aboutSeveralMessages_isReadAsOneForEach() {
    EvidenceItem.Builder item = item(EvidenceKind.EVIDENCE_KIND_RETRIEVAL).clearHeaderHash();
    ByteString further = ids(2);
    Case one = sealed("several", message(policy(), batch(item.setFurtherMessageIds(further))));

    Answer answer = foreign.ask(List.of(one)).get(0);

    assertEquals(OK, answer.verdict());
    assertEquals(3, answer.value().at("/items").size());
    assertEquals(
        ForeignExchange.hex(item.getMessageId().toByteArray()),
        answer.value().at("/items/0/message").asText());
    assertEquals(
        ForeignExchange.hex(further.substring(MessageId.SIZE).toByteArray()),
        answer.value().at("/items/2/message").asText());
    assertEquals(8, answer.value().at("/items/2/kind").asInt());
  }

  private ByteString ids(int count) {
    ByteString ids = ByteString.EMPTY;
    for (int i = 0; i < count; i++) {
      MessageId id = MessageId.fresh(Samples.NOW_MS, exchange.random);
      ids = ids.concat(ByteString.copyFrom(id.bytes()));
    }
    return ids;
  }

  @Test
  void evidence_thatIsNone_isRefusedByBoth() throws InvalidProtocolBufferException {
    Policy policy = policy();
    EvidenceItem.Builder good = item(EvidenceKind.EVIDENCE_KIND_DELIVERY);
    Map<String, SealingItem> bad = new LinkedHashMap<>();
    bad.put("of another agency", message(policy, batch(good.clone().setAgency("sg.police"))));
    bad.put("a time-out of another", message(policy, batch(good.clone().setTimeOut(true))));
    bad.put("of no kind", message(policy, batch(good.clone().setKindValue(0))));
    ByteString cut = good.getMessageId().substring(1);
    bad.put("id of 15 bytes", message(policy, batch(good.clone().setMessageId(cut))));
    ByteString hash = good.getHeaderHash().substring(1);
    bad.put("hash of 31 bytes", message(policy, batch(good.clone().setHeaderHash(hash))));
    ByteString odd = ids(1).substring(1);
    bad.put("further id of 15", message(policy, batch(good.clone().setFurtherMessageIds(odd))));
    bad.put("of 65 messages", message(policy, batch(good.clone().setFurtherMessageIds(ids(64)))));
    EvidenceItem.Builder erased = item(EvidenceKind.EVIDENCE_KIND_ERASURE);
    bad.put("two erasures", message(policy, batch(erased.setFurtherMessageIds(ids(1)))));
    EvidenceItem.Builder[] many = new EvidenceItem.Builder[65];
    java.util.Arrays.fill(many, good.clone().setFurtherMessageIds(ids(63)));
    bad.put("4,160 messages", message(policy, batch(many)));
    bad.put("without a time", message(policy, batch(good.clone().clearAt())));
    SealingItem right = message(policy, batch(good));
    Label label = Label.parseFrom(right.label());
    bad.put("no items", with(right, label, Body.newBuilder().setEvidence(batch()).build()));
    bad.put("no body", with(right, label, Body.getDefaultInstance()));
    Body body = Body.parseFrom(right.body());
    bad.put("kind", with(right, label.toBuilder().setKind(Kind.KIND_ALERT).build(), body));
    bad.put("agreement", with(right, label.toBuilder().setAgreement("other").build(), body));
    List<Case> cases =
        bad.entrySet().stream().map(one -> sealed(one.getKey(), one.getValue())).toList();

    List<Answer> answers = foreign.ask(cases);

    for (Answer answer : answers) {
      assertEquals("EVIDENCE", answer.verdict(), answer.name());
    }
    for (Map.Entry<String, SealingItem> one : bad.entrySet()) {
      assertEquals(false, isTaken(policy, one.getValue()), one.getKey());
    }
    assertEquals(true, isTaken(policy, right));
    assertEquals(OK, foreign.ask(List.of(sealed("right", right))).get(0).verdict());
  }

  private static SealingItem with(SealingItem item, Label label, Body body) {
    return UnpermittedItems.of(
        item.key(), item.id(), item.expiresAtMs(), label.toByteArray(), body.toByteArray());
  }

  /** This code's verdict, by the checks that receiving makes. */
  private static boolean isTaken(Policy policy, SealingItem item)
      throws InvalidProtocolBufferException {
    Label label = Label.parseFrom(item.label());
    ByteString body = ByteString.copyFrom(item.body());
    return new LabelCheck(MessageLimits.defaults()).received(label, body).isEmpty()
        && policy.ingress().decide(FR, label, body.size(), DE, NOW)
            instanceof IngressPolicy.Verdict.Accepted
        && Body.parseFrom(body).getEvidence().getItemsList().stream()
            .allMatch(each -> each.getAgency().equals(FR.value()));
  }
}
