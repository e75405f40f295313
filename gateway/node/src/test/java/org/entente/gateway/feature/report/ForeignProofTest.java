package org.entente.gateway.feature.report;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.testkit.ForeignVerifier.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.entente.gateway.audit.proof.MessageProof;
import org.entente.gateway.audit.proof.ProofVerdict;
import org.entente.gateway.audit.proof.ProofVerdict.Part;
import org.entente.gateway.audit.proof.ProofVerifier;
import org.entente.gateway.audit.record.MessagePath;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.FieldDamage;
import org.entente.gateway.testkit.ForeignVerifier;
import org.entente.gateway.testkit.ForeignVerifier.Case;
import org.entente.gateway.testkit.ForeignVerifier.Comparison;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proofs of messages as an outsider checks them: with the verifier in Node and the roots. */
class ForeignProofTest {
  private static final long SEED = System.nanoTime();

  private final ForeignVerifier foreign = ForeignVerifier.require();
  private final TestFederation federation =
      new TestFederation(Instant.parse("2026-03-01T08:00:00Z"));
  private final FieldDamage damage = new FieldDamage(SEED);
  @AutoClose private final AccountBench fr;

  @TempDir private Path other;

  ForeignProofTest(@TempDir Path folder) {
    fr = new AccountBench(federation, FR, folder);
  }

  private Case ask(TestFederation roots, String name, byte[] file, Instant now, int witnesses) {
    return new Case("message_proof", name)
        .with("bytes", file)
        .with("roots", (Object) roots.trustRoots().print())
        .with("now", now.toEpochMilli())
        .with("witnesses", witnesses);
  }

  private void add(Comparison cases, String name, byte[] file) {
    add(cases, federation, name, file, fr.now, 1);
  }

  private void add(
      Comparison cases,
      TestFederation roots,
      String name,
      byte[] file,
      Instant now,
      int witnesses) {
    ProofVerdict verdict =
        new ProofVerifier(roots.trustRoots(), OptionalInt.of(witnesses)).verify(file, now);
    cases.add(
        ask(roots, name, file, now, witnesses),
        verdict instanceof ProofVerdict.Fails fails ? fails.part().name() : OK);
  }

  private MessageId sent() {
    fr.accept(2, SG);
    MessageId id = fr.accept(3, DE, SG).get(2);
    fr.accept(1, DE);
    fr.sign("de.customs");
    return id;
  }

  @Test
  void proof_sentOrReceived_verifiesAndSaysTheSame() {
    MessageId id = sent();
    JsonNode found = foreign.accepted(ask(federation, "sent", fr.prove(id), fr.now, 1));
    assertEquals(id.toString(), found.path("message").asText());
    assertEquals("1", found.path("index").asText());
    assertEquals("de.customs", found.path("witnesses").path(0).asText());
    assertEquals("sg.police", found.path("agencies").path(1).asText());

    try (AccountBench de = new AccountBench(federation, DE, other)) {
      MessageId received = de.receive(2).get(0);
      de.sign();
      JsonNode there = foreign.accepted(ask(federation, "received", de.prove(received), de.now, 0));
      assertEquals(received.toString(), there.path("message").asText());
      assertEquals("fr.customs", there.path("agencies").path(0).asText());
    }
  }

  @Test
  void proof_damagedInAnyField_isRefusedByBothForTheSamePart() {
    byte[] file = fr.prove(sent());
    Comparison cases = new Comparison(SEED);
    for (FieldDamage.Damaged damaged : damage.ofLines(file)) {
      if (!isReordered(file, damaged.bytes())) {
        add(cases, damaged.how(), damaged.bytes());
      }
    }
    for (FieldDamage.Damaged damaged : damage.anywhere(file, 150)) {
      add(cases, damaged.how(), damaged.bytes());
    }
    MessageProof proof = MessageProof.parse(file).orElseThrow();
    addInside(cases, file, "path", proof.path().encode());
    addInside(cases, file, "header", proof.envelope().header());
    addInside(cases, file, "signature", proof.envelope().signature());
    addInside(cases, file, "key-bundle", proof.voucher().bytes());
    addInside(cases, file, "bundle", proof.bundle());

    cases.refusedBy(
        foreign,
        300,
        Part.FILE.name(),
        Part.TRUST_BUNDLE.name(),
        Part.CHECKPOINT.name(),
        Part.WITNESSES.name(),
        Part.LEAF.name(),
        Part.RECORD.name(),
        Part.HEADER.name(),
        Part.ORIGIN_KEY.name(),
        Part.SIGNATURE.name());
  }

  /** Damage to what a line holds, in Base 64 that is good. */
  private void addInside(Comparison cases, byte[] file, String line, byte[] good) {
    for (FieldDamage.Damaged damaged : damage.anywhere(good, 30)) {
      String whole = new String(file, StandardCharsets.UTF_8);
      String altered =
          whole.replace(
              line + ' ' + Base64.getEncoder().encodeToString(good),
              line + ' ' + Base64.getEncoder().encodeToString(damaged.bytes()));
      add(cases, line + ' ' + damaged.how(), altered.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The order of a note's signature lines says nothing. */
  private static boolean isReordered(byte[] good, byte[] other) {
    List<String> one = new ArrayList<>(new String(good, StandardCharsets.UTF_8).lines().toList());
    List<String> two = new ArrayList<>(new String(other, StandardCharsets.UTF_8).lines().toList());
    Collections.sort(one);
    Collections.sort(two);
    return one.equals(two);
  }

  @Test
  void proof_ofPartsOfOthers_isRefusedByBothForTheSamePart() {
    MessageId first = sent();
    MessageProof one = MessageProof.parse(fr.prove(first)).orElseThrow();
    MessageId second = fr.accept(1, SG).get(0);
    fr.sign("de.customs");
    MessageProof two = MessageProof.parse(fr.prove(second)).orElseThrow();
    TestFederation strangers = new TestFederation(federation.start());
    byte[] theirs = strangers.bundle(strangers.content(1)).noteBytes();
    MessageProof.Voucher german = new MessageProof.Voucher(false, fr.keyBundle(DE));
    Comparison cases = new Comparison(SEED);
    add(cases, "as it was", one.encode());
    add(cases, "header", of(first, one.path(), two.envelope(), one.voucher(), one.bundle(), one));
    add(cases, "leaf", of(first, one.path(), one.envelope(), one.voucher(), one.bundle(), two));
    add(cases, "message", of(second, one.path(), one.envelope(), one.voucher(), one.bundle(), one));
    add(cases, "path", of(first, two.path(), one.envelope(), one.voucher(), one.bundle(), one));
    add(cases, "bundle", of(first, one.path(), one.envelope(), one.voucher(), theirs, one));
    add(cases, "voucher", of(first, one.path(), one.envelope(), german, one.bundle(), one));
    byte[] mixed = of(first, one.path(), one.envelope(), one.voucher(), theirs, one);
    add(cases, strangers, "bundle, their roots", mixed, fr.now, 1);
    add(cases, strangers, "their roots", one.encode(), fr.now, 1);
    add(cases, federation, "two witnesses", one.encode(), fr.now, 2);
    add(
        cases,
        federation,
        "before it was signed",
        one.encode(),
        federation.start().minusSeconds(600),
        1);
    add(cases, federation, "later", one.encode(), fr.now.plusSeconds(999_999_999), 1);

    ForeignVerifier.CaseTally tally = foreign.agree(cases);
    assertEquals(2, tally.of(OK), tally.toString());
    assertEquals(3, tally.of(Part.RECORD.name()), tally.toString());
  }

  private static byte[] of(
      MessageId id,
      MessagePath path,
      MessageProof.SignedHeader envelope,
      MessageProof.Voucher voucher,
      byte[] bundle,
      MessageProof leaf) {
    return new MessageProof(id, path, envelope, voucher, bundle, leaf.leaf()).encode();
  }
}
