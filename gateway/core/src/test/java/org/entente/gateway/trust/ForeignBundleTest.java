package org.entente.gateway.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.entente.gateway.testkit.ForeignVerifier.OK;
import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.testkit.FieldDamage;
import org.entente.gateway.testkit.ForeignVerifier;
import org.entente.gateway.testkit.ForeignVerifier.Case;
import org.entente.gateway.testkit.ForeignVerifier.CaseTally;
import org.entente.gateway.testkit.ForeignVerifier.Comparison;
import org.entente.gateway.testkit.TestFederation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Trust bundles of a federation with new keys, as the verifier in Node judges them: which text is a
 * bundle, whose signatures make it good, and what may follow what.
 */
class ForeignBundleTest {
  private static final long SEED = System.nanoTime();
  private static final Instant END = START.plus(TestFederation.LIFETIME);
  private static final String MALFORMED = BundleFault.MALFORMED.name();
  private static final int SOME = 60;

  private final ForeignVerifier foreign = ForeignVerifier.require();
  private final TestFederation federation = new TestFederation(START);
  private final BundleVerifier verifier = new BundleVerifier(federation.trustRoots());
  private final BundleText format = new BundleText();
  private final Comparison cases = new Comparison(SEED);

  private Case ask(String name, byte[] bytes, @Nullable TrustBundle current, Instant now) {
    Case one =
        new Case("trust_bundle", name)
            .with("bytes", bytes)
            .with("roots", (Object) federation.trustRoots().print())
            .with("now", now.toEpochMilli());
    return current == null ? one : one.with("current", current.noteBytes());
  }

  private void add(String name, byte[] bytes, @Nullable TrustBundle current, Instant now) {
    cases.add(
        ask(name, bytes, current, now),
        verifier.verify(bytes, current, now) instanceof BundleVerdict.Refused refused
            ? refused.fault().name()
            : OK);
  }

  private byte[] signed(BundleContent content) {
    return BundleSigner.sign(content, federation.roots(1, 2));
  }

  /** Any text under the signatures of two roots. */
  private byte[] signed(String text) {
    StringBuilder note = new StringBuilder(text).append('\n');
    for (Map.Entry<NoteKeyName, SigningPair> root : federation.roots(1, 2).entrySet()) {
      NoteSigner classical = NoteSigner.ed25519(root.getKey(), root.getValue().ed25519());
      NoteSigner quantum = NoteSigner.mlDsa44Note(root.getKey(), root.getValue().mlDsa44());
      note.append(classical.sign(text, Instant.EPOCH).line()).append('\n');
      note.append(quantum.sign(text, Instant.EPOCH).line()).append('\n');
    }
    return note.toString().getBytes(UTF_8);
  }

  @Test
  void bundle_ofNewKeys_verifiesAndIsFoundToSayTheSame() {
    byte[] bytes = signed(federation.content(7));

    var found = foreign.accepted(ask("bundle", bytes, null, START));

    TrustBundle bundle = federation.bundle(federation.content(7));
    assertEquals(7, found.path("version").asInt());
    assertEquals(bundle.hash(), found.path("hash").asText());
    assertEquals(bundle.members().size(), found.path("agencies").size());
  }

  @Test
  void bundle_signedByOthers_isJudgedAlike() {
    BundleContent content = federation.content(7);
    Map<NoteKeyName, SigningPair> strangers = new LinkedHashMap<>(federation.roots(1, 2));
    strangers.put(new NoteKeyName("stranger"), SigningPair.generate(new SecureRandom()));
    add("two roots", signed(content), null, START);
    add("all roots", BundleSigner.sign(content, federation.roots()), null, START);
    add("a stranger too", BundleSigner.sign(content, strangers), null, START);
    for (int root = 1; root <= 3; root++) {
      add("root " + root, BundleSigner.sign(content, federation.roots(root)), null, START);
    }
    String whole = new String(signed(content), UTF_8);
    String[] lines = whole.substring(whole.lastIndexOf("\n\n") + 2).split("\n", -1);
    for (int line = 0; line < 4; line++) {
      byte[] rest = whole.replace(lines[line] + "\n", "").getBytes(UTF_8);
      add("without line " + line, rest, null, START);
    }

    CaseTally tally = foreign.agree(cases);
    assertTrue(tally.of(OK) == 3 && tally.of("THRESHOLD") == 7, tally.toString());
  }

  @Test
  void bundle_damagedAnywhere_isRefusedByBoth() {
    byte[] good = signed(federation.content(7));
    FieldDamage damage = new FieldDamage(SEED);
    List<FieldDamage.Damaged> lines = new ArrayList<>(damage.ofLines(good));
    Collections.shuffle(lines, new Random(SEED));
    lines.addAll(0, damage.anywhere(good, SOME));
    for (FieldDamage.Damaged damaged : lines.subList(0, 2 * SOME)) {
      BundleVerdict verdict = verifier.verify(damaged.bytes(), null, START);
      // The order of signature lines says nothing.
      if (!(verdict instanceof BundleVerdict.Verified) || !isReordered(good, damaged.bytes())) {
        cases.add(
            ask(damaged.how(), damaged.bytes(), null, START),
            verdict instanceof BundleVerdict.Verified);
      }
    }

    cases.refusedBy(foreign, SOME, ForeignVerifier.REFUSED);
  }

  private static boolean isReordered(byte[] good, byte[] other) {
    List<String> one = new ArrayList<>(new String(good, UTF_8).lines().toList());
    List<String> two = new ArrayList<>(new String(other, UTF_8).lines().toList());
    Collections.sort(one);
    Collections.sort(two);
    return one.equals(two);
  }

  /** Two roots sign whatever text: both must read it alike, or refuse it. */
  @Test
  void text_alteredAndSigned_isJudgedAlike() {
    String text = format.print(federation.content(3));
    Random random = new Random(SEED);
    for (int round = 0; round < 2 * SOME; round++) {
      String other = new String(TextMutations.mutate(text.getBytes(UTF_8), random), UTF_8);
      // How two libraries read damaged X.509 is their own affair.
      if (certificates(other).equals(certificates(text))) {
        add("text, round " + round, signed(other), null, START);
      }
    }
    for (String edit : edits()) {
      String[] both = edit.split(" -> ", -1);
      String other = text.replaceFirst(Pattern.quote(both[0]), both[1]);
      assertTrue(!other.equals(text), edit);
      add(edit, signed(other), null, START);
    }

    CaseTally tally = foreign.agree(cases);
    assertTrue(tally.of(MALFORMED) >= SOME && tally.of(OK) >= 1, "seed " + SEED + tally);
  }

  private static Set<String> certificates(String text) {
    return text.lines().filter(line -> line.contains("\"MII")).collect(Collectors.toSet());
  }

  private static List<String> edits() {
    return List.of(
        "\"version\" : 3 -> \"version\" : 4",
        "\"version\" : 3 -> \"version\" : 9007199254740991",
        "\"version\" : 3 -> \"version\" : 9007199254740992",
        "\"version\" : 3 -> \"version\" : 3.0",
        "\"version\" : 3 -> \"version\" : 3e0",
        "\"version\" : 3 -> \"version\" : -3",
        "\"version\" : 3 -> \"version\" : true",
        "\"version\" : 3 -> \"version\" : \"3\"",
        "\"version\" : 3 -> \"version\" : 3,\n  \"version\" : 3",
        "\"version\" : 3 -> \"version\" : 3,\n  \"extra\" : 3",
        "\"threshold\" : 2 -> \"threshold\" : 1",
        "\"threshold\" : 2 -> \"threshold\" : 3",
        "\"threshold\" : 2 -> \"threshold\" : 4",
        "\"CUSTOMS\" -> \"POLICE\"",
        "\"CUSTOMS\" -> \"customs\"",
        "\"CUSTOMS\" -> 0",
        "\"CUSTOMS\" -> \"CUST\\\\u004fMS\"",
        "\"jurisdiction\" : \"FR\" -> \"jurisdiction\" : \"DE\"",
        "\"jurisdiction\" : \"FR\" -> \"jurisdiction\" : null",
        "      \"jurisdiction\" : \"FR\",\n -> ",
        "\"name\" : \"fr.customs\" -> \"name\" : \"fr.police\"",
        "\"name\" : \"fr.customs\" -> \"name\" : \"de.customs\"",
        "2026-03-01T08:00:00Z -> 2026-03-01T08:00:01Z",
        "2026-03-01T08:00:00Z -> 2026-02-29T08:00:00Z",
        "2026-03-01T08:00:00Z -> 2026-02-28T24:00:00Z",
        "2026-03-01T08:00:00Z -> 2026-02-28T23:59:60Z",
        "2026-03-01T08:00:00Z -> 2025-12-06T08:00:00Z",
        "2026-03-01T08:00:00Z -> 2025-12-06T07:59:59Z",
        "2026-03-01T08:00:00Z -> 2026-03-08T08:00:00Z",
        "2026-03-01T08:00:00Z -> 0000-01-01T00:00:00Z",
        "\"127.0.0.1:7443\" -> \"[::1]:7443\"",
        "\"127.0.0.1:7443\" -> \"[::1]:65536\"",
        "\"127.0.0.1:7443\" -> \"Example:7443\"",
        "\"127.0.0.1:7443\" -> \"example.:7443\"",
        "\"127.0.0.1:7443\" -> \"a:7443\"",
        "\"127.0.0.1:7443\" -> \"a:07443\"",
        "\"127.0.0.1:7443\"\n -> \"127.0.0.1:7443\",\n        \"127.0.0.1:7443\"\n",
        "\"127.0.0.1:7443\"\n -> \"127.0.0.1:7443\",\n        \"127.0.0.1:7444\"\n",
        "\"revoked\" : [ ] -> \"revoked\" : []",
        "\"x.hub\"\n      ], -> \"fr.customs\"\n      ],",
        "\"x.hub\"\n      ], -> \"sg.police\"\n      ],",
        "\"EU\",\n      \"TR\" -> \"EU\",\n      \"EU\"",
        "\"EU\",\n      \"TR\" -> \"EU\",\n      \"CUSTOMS-UNION\"",
        "\"EU\",\n      \"TR\" -> \"EU\",\n      \"TUR\"",
        "\"EU\",\n      \"TR\" -> \"EU\",\n      \"XX\"",
        "\"CUSTOMS-UNION\" -> \"CH\"",
        "\"CUSTOMS-UNION\" -> \"AA\"",
        "\"CUSTOMS-UNION\" -> \"QM\"",
        "\"CUSTOMS-UNION\" -> \"FA\"",
        "\"CUSTOMS-UNION\" -> \"ZZZ\"",
        "\"MEMBER\",\n        \"WITNESS\" -> \"WITNESS\",\n        \"MEMBER\"",
        "\"MEMBER\",\n        \"WITNESS\" -> \"MEMBER\",\n        \"MEMBER\"",
        "\"MEMBER\",\n        \"WITNESS\" -> \"MEMBER\",\n        \"TRANSIT\"",
        "trust-bundle -> trust-bundles",
        "trust-bundle\n -> trust-bundle\n\n");
  }

  /** Contents that this code would not even make: keys that two hold. */
  @Test
  void keys_sharedByTwo_areRefusedByBoth() {
    BundleContent content = federation.content(3);
    Member fr = federation.member("fr.customs");
    Member de = federation.member("de.customs");
    AgencyKey root =
        AgencyKey.of(federation.roots(1).values().iterator().next().verifyingPair(), START, END);
    AgencyKey mixed =
        AgencyKey.of(
            new VerifyingPair(
                SigningPair.generate(new SecureRandom()).verifyingPair().ed25519(),
                de.audit().get(0).mlDsa44()),
            START,
            END);
    Map<String, Member> others =
        Map.of(
            "CA of another", with(fr, de.authorities(), fr.signing(), fr.audit()),
            "signing pair of another", with(fr, fr.authorities(), de.signing(), fr.audit()),
            "audit pair of another", with(fr, fr.authorities(), fr.signing(), de.signing()),
            "half of another", with(fr, fr.authorities(), fr.signing(), List.of(mixed)),
            "root's pair", with(fr, fr.authorities(), List.of(root), fr.audit()));
    add("as it was", signed(replaced(content, fr, fr)), null, START);
    others.forEach((name, other) -> add(name, signed(replaced(content, fr, other)), null, START));

    CaseTally tally = foreign.agree(cases);
    assertTrue(tally.of(OK) == 1 && tally.of(MALFORMED) == 5, tally.toString());
  }

  private static Member with(
      Member member,
      List<AuthorityCertificate> authorities,
      List<AgencyKey> signing,
      List<AgencyKey> audit) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        authorities,
        signing,
        audit,
        member.endpoints(),
        member.via(),
        member.revoked());
  }

  /** The text with another member, which need not agree with the others. */
  private String replaced(BundleContent content, Member member, Member other) {
    UnaryOperator<String> indented = text -> text.stripTrailing().replace("\n", "\n    ");
    TrustJson json = new TrustJson();
    String text = format.print(content);
    String found = indented.apply(json.print(member));
    assertTrue(text.contains(found));
    return text.replace(found, indented.apply(json.print(other)));
  }

  @Test
  void bundle_afterAnother_isJudgedAlikeAtEveryTime() {
    TrustBundle current = federation.bundle(federation.content(7));
    Member joining =
        federation.mint(
            new AgencyName("us.cbp"), "US", AgencyKind.CUSTOMS, Set.of(AgencyRole.MEMBER));
    List<Member> members = new ArrayList<>(federation.content(7).agencies());
    List<Member> fewer = members.subList(0, 2);
    List<Member> more = new ArrayList<>(members);
    more.add(3, joining);
    Map<String, BundleContent> next =
        Map.of(
            "again", federation.content(7),
            "same version, other content", federation.content(7, fewer),
            "older", federation.content(6),
            "newer", federation.content(8),
            "with fewer", federation.content(8, fewer),
            "with more", federation.content(8, more));
    List<Instant> times = new ArrayList<>();
    times.add(START.minus(BundleVerifier.SKEW).minusSeconds(1));
    times.add(START.minus(BundleVerifier.SKEW));
    for (Instant last : List.of(END, END.plus(BundleVerifier.MAX_GRACE))) {
      times.add(last);
      times.add(last.plusSeconds(1));
    }
    next.forEach(
        (name, content) -> {
          byte[] bytes = signed(content);
          times.forEach(now -> add(name + " at " + now, bytes, current, now));
        });

    byte[] first = signed(federation.content(7));
    times.forEach(now -> add("at the first start, " + now, first, null, now));

    CaseTally tally = foreign.agree(cases);
    for (String fault : List.of(OK, "ROLLBACK", "EQUIVOCATION", "EXPIRED", "NOT_YET_VALID")) {
      assertTrue(tally.of(fault) > 0, tally.toString());
    }
    assertTrue(tally.of(BundleFault.GRACE_ADMITS_NOTHING.name()) > 0, tally.toString());
  }

  @Test
  void roots_replaced_needBothOldAndNew() {
    TrustBundle current = federation.bundle(federation.content(7));
    TestFederation after = new TestFederation(START);
    BundleContent content = federation.content(8);
    BundleContent rotated =
        new BundleContent(
            content.federation(),
            8,
            content.issued(),
            content.expires(),
            new TestRoots(after).rootSet(),
            content.groups(),
            content.agencies());
    Map<NoteKeyName, SigningPair> both = new LinkedHashMap<>(federation.roots(1, 2));
    both.putAll(new TestRoots(after).renamed());
    add("both", BundleSigner.sign(rotated, both), current, START);
    add("old only", BundleSigner.sign(rotated, federation.roots(1, 2)), current, START);
    add("new only", BundleSigner.sign(rotated, new TestRoots(after).renamed()), current, START);

    CaseTally tally = foreign.agree(cases);
    assertEquals(
        Map.of(OK, 1, BundleFault.ROTATION.name(), 1, BundleFault.THRESHOLD.name(), 1),
        tally.counts());
  }

  /** The roots of another federation under new names. */
  private record TestRoots(TestFederation federation) {
    Map<NoteKeyName, SigningPair> renamed() {
      Map<NoteKeyName, SigningPair> renamed = new LinkedHashMap<>();
      federation
          .roots(1, 2)
          .forEach((name, pair) -> renamed.put(new NoteKeyName(name + "/next"), pair));
      return renamed;
    }

    RootSet rootSet() {
      List<RootKey> keys = new ArrayList<>();
      renamed().forEach((name, pair) -> keys.add(RootKey.of(name, pair)));
      return new RootSet(2, keys);
    }
  }

  @Test
  void rootsFile_altered_isJudgedAlike() {
    String file = federation.trustRoots().print();
    Random random = new Random(SEED);
    addRoots("as it was", file);
    for (int round = 0; round < SOME; round++) {
      String other = new String(TextMutations.mutate(file.getBytes(UTF_8), random), UTF_8);
      addRoots("round " + round, other);
    }

    CaseTally tally = foreign.agree(cases);
    assertTrue(tally.of(OK) >= 1 && tally.of(MALFORMED) >= SOME / 2, "seed " + SEED + tally);
  }

  private void addRoots(String name, String file) {
    boolean good;
    try {
      good = TrustRoots.parse(file).print().equals(file);
    } catch (IllegalArgumentException e) {
      good = false;
    }
    cases.add(new Case("trust_roots", name).with("roots", (Object) file), good, MALFORMED);
  }
}
