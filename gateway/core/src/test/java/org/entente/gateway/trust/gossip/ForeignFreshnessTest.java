package org.entente.gateway.trust.gossip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.ForeignVerifier.OK;
import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.testkit.FieldDamage;
import org.entente.gateway.testkit.ForeignVerifier;
import org.entente.gateway.testkit.ForeignVerifier.Case;
import org.entente.gateway.testkit.ForeignVerifier.CaseTally;
import org.entente.gateway.testkit.ForeignVerifier.Comparison;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.TextMutations;
import org.entente.gateway.trust.TrustBundle;
import org.junit.jupiter.api.Test;

/** Freshness statements of a federation with new keys, as the verifier in Node judges them. */
class ForeignFreshnessTest {
  private static final long SEED = System.nanoTime();
  private static final int SOME = 60;

  private final ForeignVerifier foreign = ForeignVerifier.require();
  private final TestFederation federation = new TestFederation(START);
  private final TrustBundle bundle = federation.bundle(federation.content(7));
  private final Comparison cases = new Comparison(SEED);

  private Case ask(String name, byte[] bytes, Instant now) {
    return new Case("freshness", name)
        .with("bytes", bytes)
        .with("bundle", bundle.noteBytes())
        .with("roots", (Object) federation.trustRoots().print())
        .with("now", now.toEpochMilli());
  }

  private void add(String name, byte[] bytes, Instant now) {
    cases.add(
        ask(name, bytes, now),
        Freshness.verify(bytes, bundle, now)
            .fold(freshness -> OK, refused -> refused.code().name()));
  }

  private byte[] stated(String agency, Instant when) {
    return Freshness.state(bundle, new AgencyName(agency), federation.signing(agency), when);
  }

  private String text() {
    return SignedNote.parse(stated("de.customs", START)).asNote().orElseThrow().text();
  }

  /** Any text under the witness's pair. */
  private byte[] signed(String text) {
    SigningPair pair = federation.signing("de.customs");
    NoteKeyName name =
        new NoteKeyName(
            "entente/" + TestFederation.NAME + "/" + DE + "/" + pair.verifyingPair().id());
    return (text
            + "\n"
            + NoteSigner.ed25519(name, pair.ed25519()).sign(text, Instant.EPOCH).line()
            + "\n"
            + NoteSigner.mlDsa44Note(name, pair.mlDsa44()).sign(text, Instant.EPOCH).line()
            + "\n")
        .getBytes(UTF_8);
  }

  @Test
  void statement_ofAWitness_verifiesAndIsFoundToSayTheSame() {
    var found = foreign.accepted(ask("statement", stated("de.customs", START), START));

    assertEquals("de.customs", found.path("agency").asText());
    assertEquals(7, found.path("version").asInt());
    assertEquals(bundle.hash(), found.path("hash").asText());
    assertEquals(START.toString(), found.path("stated").asText());
  }

  @Test
  void statement_byOthersOrAtOtherTimes_isJudgedAlike() {
    Instant end = START.plus(TestFederation.LIFETIME);
    add("good", stated("de.customs", START), START);
    add("signed by hand", signed(text()), START);
    add("no witness", stated("fr.customs", START), START);
    add("another's pair", Freshness.state(bundle, DE, federation.signing("x.hub"), START), START);
    add("audit pair", Freshness.state(bundle, DE, federation.audit("de.customs"), START), START);
    for (int seconds : List.of(-1, 0, 1)) {
      Instant when = START.plus(BundleVerifier.SKEW).plusSeconds(seconds);
      add("ahead " + seconds, stated("de.customs", when), START);
      add("pair's end " + seconds, stated("de.customs", START), end.plusSeconds(seconds));
    }
    String whole = new String(stated("de.customs", START), UTF_8);
    String[] lines = whole.substring(whole.lastIndexOf("\n\n") + 2).split("\n", -1);
    for (int line = 0; line < 2; line++) {
      add("without line " + line, whole.replace(lines[line] + "\n", "").getBytes(UTF_8), START);
    }
    add("long", (whole + " ".repeat(9000)).getBytes(UTF_8), START);

    CaseTally tally = foreign.agree(cases);
    assertTrue(
        tally.of(OK) == 6
            && tally.of("BAD_SIGNATURE") == 5
            && tally.of("EXPIRED") == 1
            && tally.of("UNKNOWN_PEER") == 1,
        tally.toString());
  }

  @Test
  void statement_damagedAnywhere_isRefusedByBoth() {
    byte[] good = stated("de.customs", START);
    FieldDamage damage = new FieldDamage(SEED);
    List<FieldDamage.Damaged> all = new ArrayList<>(damage.ofLines(good));
    all.addAll(damage.anywhere(good, SOME));
    for (FieldDamage.Damaged damaged : all) {
      boolean reordered = sorted(damaged.bytes()).equals(sorted(good));
      // The order of signature lines says nothing.
      if (!reordered) {
        cases.add(
            ask(damaged.how(), damaged.bytes(), START),
            Freshness.verify(damaged.bytes(), bundle, START).refusal().isEmpty());
      }
    }

    cases.refusedBy(foreign, SOME, ForeignVerifier.REFUSED);
  }

  private static List<String> sorted(byte[] note) {
    List<String> lines = new ArrayList<>(new String(note, UTF_8).lines().toList());
    Collections.sort(lines);
    return lines;
  }

  /** The witness signs whatever text: both must read it alike, or refuse it. */
  @Test
  void text_alteredAndSigned_isJudgedAlike() {
    String text = text();
    Random random = new Random(SEED);
    for (int round = 0; round < 2 * SOME; round++) {
      String other = new String(TextMutations.mutate(text.getBytes(UTF_8), random), UTF_8);
      add("text, round " + round, signed(other), START);
    }
    for (String edit :
        List.of(
            "\"version\" : 7 -> \"version\" : 8",
            "\"version\" : 7 -> \"version\" : 0",
            "\"version\" : 7 -> \"version\" : -7",
            "\"version\" : 7 -> \"version\" : 9007199254740991",
            "\"version\" : 7 -> \"version\" : 9007199254740992",
            "\"version\" : 7 -> \"version\" : 7,\n  \"extra\" : 7",
            "de.customs -> sg.police",
            "de.customs -> zz.nobody",
            "T08:00:00Z -> T08:00:00.5Z",
            "T08:00:00Z -> T09:00:00Z",
            "T08:00:00Z -> T08:00:60Z",
            TestFederation.NAME + " -> other.example",
            "trust-freshness -> trust-bundle")) {
      String[] both = edit.split(" -> ", -1);
      String other = text.replace(both[0], both[1]);
      assertTrue(!other.equals(text), edit);
      add(edit, signed(other), START);
    }

    CaseTally tally = foreign.agree(cases);
    assertTrue(tally.of("MALFORMED") >= SOME && tally.of(OK) >= 2, "seed " + SEED + ": " + tally);
  }
}
