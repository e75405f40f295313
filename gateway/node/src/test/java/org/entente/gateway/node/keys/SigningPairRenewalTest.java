package org.entente.gateway.node.keys;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleEdit;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node follows the pairs that the trust bundle lists, whatever fails midway. */
class SigningPairRenewalTest {
  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();
  private final TestFederation federation = new TestFederation(TestFederation.START);
  private Instant now = TestFederation.START;
  private final RecordedLeaves journal = new RecordedLeaves();

  @AutoClose
  private final Ledger ledger =
      QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> now, journal);

  @AutoClose private Keystore keystore;

  @BeforeEach
  void open() {
    keystore = Keystore.open(folder.resolve("keystore"), () -> now, random);
  }

  private SigningPairSet held(KeyKind kind, SigningPair pair) {
    try (KeyEntry entry =
        new KeyEntry(
            kind,
            pair.verifyingPair().id(),
            now,
            KeyEntry.NEVER,
            SecretBytes.takeOver(pair.seeds()))) {
      keystore.put(entry);
    }
    return new SigningPairSet(keystore, kind, () -> now, random);
  }

  @Test
  void changeOfPairs_thatFailsMidway_isTriedAgain_andRecordedOnce() {
    SigningPair old = federation.signing("fr.customs");
    SigningPair audit = federation.audit("fr.customs");
    SigningPairSet pairs = held(KeyKind.AGENCY_PAIR, old);
    Member member = federation.member("fr.customs");
    now = now.plus(Duration.ofDays(1));
    VerifyingPair next = pairs.next(member.signing()).verifyingPair();
    TrustBundle bundle = federation.bundle(listing(member, next));
    List<VerifyingPair> signing = new ArrayList<>();
    SigningPairRenewal renewal =
        new SigningPairRenewal(
            FR,
            () -> bundle,
            ledger,
            new LabelCheck(MessageLimits.defaults()),
            () -> now,
            SigningPairRenewal.Use.agency(
                pairs,
                old,
                pair -> {
                  signing.add(pair.verifyingPair());
                  if (signing.size() == 1) {
                    throw new IllegalStateException("the disk is full");
                  }
                }),
            SigningPairRenewal.Use.audit(
                held(KeyKind.AUDIT_SIGNING, audit),
                audit,
                pair -> signing.add(pair.verifyingPair())),
            PolicyFixture::demo);
    assertThrows(IllegalStateException.class, renewal::follow);
    assertEquals(0, journal.count());
    renewal.follow();
    renewal.follow();
    assertEquals(List.of(next, next), signing);
    journal.only(AuditType.TRUST_CHANGE);
  }

  private BundleContent listing(Member member, VerifyingPair next) {
    AgencyKey before = member.signing().get(0);
    return BundleEdit.after(federation.content(1))
        .put(
            new Member(
                member.name(),
                member.jurisdiction(),
                member.kind(),
                member.roles(),
                member.authorities(),
                List.of(before, AgencyKey.of(next, now, before.notAfter())),
                member.audit(),
                member.endpoints(),
                member.via(),
                member.revoked()))
        .build(now, now.plus(TestFederation.LIFETIME));
  }
}
