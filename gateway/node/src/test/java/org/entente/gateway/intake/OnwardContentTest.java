package org.entente.gateway.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.AppliedConsent;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.Test;

/** The consents under which a draft passes messages on, as the ledger's writer looks them up. */
class OnwardContentTest {
  private static final AgencyName FR = new AgencyName("fr.customs");
  private static final AgencyName SG = new AgencyName("sg.police");
  private static final AgencyName US = new AgencyName("us.cbp");

  private final SecureRandom random = new SecureRandom();
  private final MessageId source = id();
  private final MessageId other = id();

  private MessageId id() {
    return MessageId.fresh(FR, 0, random);
  }

  private static OnwardContent content(List<AppliedConsent> consented) {
    return new OnwardContent(List.of(), consented);
  }

  @Test
  void consents_areThoseOfTheSourceForTheRecipient_eachOnce() {
    MessageId first = id();
    MessageId second = id();
    OnwardContent content =
        content(
            List.of(
                new AppliedConsent(first, FR, source, SG),
                new AppliedConsent(second, FR, source, SG),
                new AppliedConsent(first, FR, source, SG),
                new AppliedConsent(first, FR, other, US)));

    assertEquals(Set.of(first, second), content.consents(source, SG));
    assertEquals(Set.of(first), content.consents(other, US));
    assertEquals(Set.of(), content.consents(source, US));
    assertEquals(
        "under consent " + first + ", " + second, content.words(source, List.of(US, SG, SG)));
    assertEquals("", content.words(other, List.of(SG)));
  }

  /** Else a draft under thousands of consents makes a change that is too large for its round. */
  @Test
  void consents_countAmongTheBytesOfADraft_asTheirEvidenceDoes() {
    AgencyName longest = new AgencyName("fr." + "a".repeat(32));
    Permitted part =
        PermittedFixture.permitted(
            id(),
            FR,
            Lane.ROUTINE,
            RequestSamples.complete(RequestSamples.asks()).build(),
            RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, Instant.EPOCH),
            Instant.EPOCH,
            "test",
            30,
            SG.value());
    OnwardContent.SourceMessage from = new OnwardContent.SourceMessage(source, US);
    List<AppliedConsent> consented = new ArrayList<>();
    long evidence = 0;
    for (int i = 0; i < 100; i++) {
      MessageId consent = id();
      consented.add(new AppliedConsent(consent, US, source, SG));
      consented.add(new AppliedConsent(consent, US, source, longest));
      evidence +=
          EvidenceItem.newBuilder()
              .setKind(EvidenceKind.EVIDENCE_KIND_PASSED_ON)
              .setMessageId(bytes(source))
              .setAgency(longest.value())
              .setAt(Timestamps.fromMillis(Long.MAX_VALUE / 1_000_000))
              .setPassedOnAs(bytes(other))
              .setConsentId(bytes(consent))
              .addPassedOnTo(SG.value())
              .addPassedOnTo(longest.value())
              .build()
              .getSerializedSize();
    }
    long counted =
        written(part, new OnwardContent(List.of(from), consented))
            - written(part, new OnwardContent(List.of(from), List.of()));
    assertTrue(counted >= evidence, counted + " of " + evidence);
    assertTrue(counted <= 2 * evidence, counted + " of " + evidence);
  }

  @Test
  void leaf_isCountedWithAllThatIsStoredOfIt() {
    Permitted part =
        PermittedFixture.permitted(
            id(),
            FR,
            Lane.ROUTINE,
            RequestSamples.complete(RequestSamples.asks()).build(),
            RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, Instant.EPOCH),
            Instant.EPOCH,
            "test",
            30,
            IntStream.range(0, 100).mapToObj(i -> "fr.customs" + i).toArray(String[]::new));
    OnBehalfOf person =
        OnBehalfOf.newBuilder()
            .setOfficer("é".repeat(80))
            .setUnit("\u4e2d".repeat(80))
            .setJustification("\u4e2d".repeat(500))
            .build();
    AuditActor actor = AuditActor.client(FR, new NodeName("desk"), person);
    Instant latest = Instant.ofEpochMilli(Long.MAX_VALUE);
    long stored =
        StoredLeaf.mostBytes(
            OnwardContent.leaf(latest, actor, part, source, part.messageId())
                .saying("x".repeat(500)));
    long counted = WrittenBytes.leaf(actor, part) + 500;
    assertTrue(counted >= stored, counted + " of " + stored);
    assertTrue(counted <= stored + 300, counted + " of " + stored);
  }

  private static long written(Permitted part, OnwardContent content) {
    AuditActor actor = AuditActor.client(FR, new NodeName("desk"), RequestSamples.PERSON);
    return WrittenBytes.of(actor, List.of(part), List.of(), content);
  }

  private static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }

  /**
   * As many as 16 sources have for 256 recipients. One list of them all, walked for each pair,
   * would be 17 million steps on the writer's thread.
   */
  @Test
  void consents_ofThousandsOfUses_areFoundWithoutTheOthers() {
    List<MessageId> sources = IntStream.range(0, 16).mapToObj(i -> id()).toList();
    List<AgencyName> recipients =
        IntStream.range(0, 256).mapToObj(i -> new AgencyName("fr.customs" + i)).toList();
    List<AppliedConsent> consented = new ArrayList<>();
    for (MessageId one : sources) {
      recipients.forEach(to -> consented.add(new AppliedConsent(id(), FR, one, to)));
    }
    OnwardContent content = content(consented);

    consented.forEach(
        one ->
            assertEquals(Set.of(one.consent()), content.consents(one.source(), one.recipient())));
    assertTrue(content.words(sources.get(0), recipients).endsWith(" and others"));
  }
}
