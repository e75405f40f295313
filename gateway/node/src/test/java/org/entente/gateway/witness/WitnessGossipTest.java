package org.entente.gateway.witness;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.witness.WitnessBench.FEDERATION;
import static org.entente.gateway.witness.WitnessBench.NOW;
import static org.entente.gateway.witness.WitnessBench.ORIGIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.tree.AddCheckpointRequest;
import org.entente.gateway.audit.tree.CheckpointCosigner;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.link.v1.ConsistencyProof;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.entente.proto.link.v1.WitnessedCheckpoints;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Threat 82: a log that shows each of two witnesses another history, and what these tell. */
@SuppressWarnings("NullAway.Init") // set before each test
class WitnessGossipTest {
  private static final AgencyName NL = new AgencyName("nl.customs");

  private TrustBundle bundle;
  @AutoClose private WitnessBench de;
  @AutoClose private WitnessBench nl;

  /** A log, and another history of it that begins alike. */
  private final GrowingLog log = WitnessBench.log().grow(40, "leaf");

  private final GrowingLog other = log.fork();

  @BeforeEach
  void federation() {
    List<Member> members = new ArrayList<>(FEDERATION.content(1).agencies());
    members.add(
        FEDERATION.mint(
            NL, "NL", AgencyKind.CUSTOMS, Set.of(AgencyRole.MEMBER, AgencyRole.WITNESS)));
    members.sort(Comparator.comparing(Member::name));
    bundle = FEDERATION.bundle(FEDERATION.content(2, members));
    de = witness(DE);
    nl = witness(NL);
    log.grow(60, "leaf");
    other.grow(60, "other");
  }

  private WitnessBench witness(AgencyName agency) {
    return WitnessBench.started(
        agency,
        bundle,
        new CheckpointCosigner(TestFederation.NAME, agency, FEDERATION.audit(agency.value())));
  }

  /** One witness tells the other what it holds, over and over. */
  private void gossip(WitnessBench from, AgencyName name, WitnessBench to) {
    new CheckpointGossip(
            name,
            from.ledger.witness(),
            () -> bundle,
            (whom, said) -> to.witness.reported(name, said),
            from.now::get)
        .round();
    settle(to);
  }

  private static void report(WitnessBench to, AgencyName from, SignedNote... notes) {
    WitnessedCheckpoints.Builder said = WitnessedCheckpoints.newBuilder();
    for (SignedNote note : notes) {
      said.addCheckpoints(ByteString.copyFrom(note.encode()));
    }
    to.witness.reported(from, said.build());
    settle(to);
  }

  private static void settle(WitnessBench bench) {
    bench.ledger.write(Lane.ROUTINE, tx -> true).join();
  }

  /** What a log that answers for what was reported asks. */
  private static WitnessAnswer ask(
      WitnessBench bench, GrowingLog of, int old, int size, Instant at, int... reported) {
    AddCheckpointRequest request = of.request(old, size, at);
    WitnessRequest.Builder wire =
        WitnessBench.wire(of.origin(), request).toBuilder().addAllOpenings(of.openings(size));
    for (int one : reported) {
      ConsistencyProof.Builder proof = ConsistencyProof.newBuilder().setSize(one);
      MerkleTree.proveConsistency(Math.min(one, size), Math.max(one, size), of)
          .orElseThrow()
          .forEach(hash -> proof.addHashes(ByteString.copyFrom(hash.bytes())));
      wire.addConnections(proof);
    }
    return bench.witness.answer(FR, wire.build()).join().orElseThrow();
  }

  private static List<Long> shown(WitnessAnswer answer) {
    return answer.getReportedList().stream()
        .map(note -> SignedNote.parse(note.toByteArray()).asNote().orElseThrow())
        .map(note -> Checkpoint.parse(note.text()).orElseThrow().size())
        .toList();
  }

  private static double alarms(WitnessBench bench, Code code) {
    return bench.metric("entente_alarms_total{code=\"" + code + "\",}");
  }

  @Test
  void logWithTwoRootsOfASize_isConvictedByGossip_andCosignedNoMore() {
    assertEquals(WitnessRules.OK, ask(de, log, 0, 50, NOW).getStatus());
    assertEquals(WitnessRules.OK, ask(nl, other, 0, 50, NOW).getStatus());
    gossip(nl, NL, de);
    assertEquals(1, alarms(de, Code.AUDIT_LOG_FORKED));
    gossip(nl, NL, de);
    assertEquals(1, alarms(de, Code.AUDIT_LOG_FORKED), "once");
    assertEquals(
        List.of("AUDIT_LOG_FORKED"),
        de.leaves.stream()
            .filter(leaf -> leaf.type() == AuditType.LOG_CONFLICT)
            .map(leaf -> leaf.outcome().code())
            .toList());

    WitnessAnswer answer = ask(de, log, 50, 60, NOW.plusSeconds(1));
    assertEquals(WitnessRules.CONFLICT, answer.getStatus());
    assertTrue(answer.getCosignatures().isEmpty());
    assertEquals(List.of(50L, 50L), shown(answer), "the log hears of it");

    // A third party needs nothing but the log's keys.
    CheckpointVerifier keys =
        new CheckpointVerifier(ORIGIN, List.of(FEDERATION.audit("fr.customs").verifyingPair()));
    List<HeldCheckpoint> evidence = de.ledger.witness().convicted(ORIGIN);
    assertEquals(
        List.of(log.checkpoint(50), other.checkpoint(50)),
        evidence.stream().map(HeldCheckpoint::checkpoint).toList());
    evidence.forEach(
        one ->
            assertTrue(
                keys.check(one.note().encode())
                    instanceof org.entente.gateway.audit.tree.CheckpointCheck.Signed));
    GrowingLog next = log.next(50).grow(3, "next");
    assertEquals(WitnessRules.OK, ask(de, next, 0, 4, NOW.plusSeconds(2)).getStatus());
  }

  /** The sixth look: the signatures of many pairs made a checkpoint too large to be told. */
  @Test
  void logThatSignsWithManyPairs_isConvictedByGossip() {
    List<SigningPair> more =
        Stream.generate(() -> SigningPair.generate(new SecureRandom())).limit(7).toList();
    List<Member> members = new ArrayList<>(bundle.content().agencies());
    members.replaceAll(member -> member.name().equals(FR) ? signingWith(member, more) : member);
    bundle = FEDERATION.bundle(FEDERATION.content(3, members));
    try (WitnessBench first = witness(DE);
        WitnessBench second = witness(NL)) {
      assertEquals(WitnessRules.OK, first.answer(log, signedByAll(log, more)).getStatus());
      assertEquals(WitnessRules.OK, second.answer(other, signedByAll(other, more)).getStatus());
      gossip(second, NL, first);
      assertEquals(1, alarms(first, Code.AUDIT_LOG_FORKED));
    }
  }

  private static Member signingWith(Member member, List<SigningPair> more) {
    List<AgencyKey> audit = new ArrayList<>(member.audit());
    more.forEach(
        pair ->
            audit.add(
                AgencyKey.of(pair.verifyingPair(), NOW.minusSeconds(60), NOW.plusSeconds(60))));
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        member.authorities(),
        member.signing(),
        audit,
        member.endpoints(),
        member.via(),
        member.revoked());
  }

  private static AddCheckpointRequest signedByAll(GrowingLog log, List<SigningPair> more) {
    SignedNote note = log.sign(50, NOW);
    for (SigningPair pair : more) {
      note = note.with(new GrowingLog(ORIGIN, pair).sign(log.checkpoint(50), NOW).signatures());
    }
    return new AddCheckpointRequest(0, List.of(), note);
  }

  @Test
  void logWithTwoHistoriesOfDifferentSizes_owesAProofThatItCannotGive() {
    assertEquals(WitnessRules.OK, ask(de, log, 0, 50, NOW).getStatus());
    assertEquals(WitnessRules.OK, ask(nl, other, 0, 60, NOW).getStatus());
    gossip(nl, NL, de);
    gossip(de, DE, nl);
    for (int at : askedEveryTenSecondsThen(1, 599, 601)) {
      de.now.set(NOW.plusSeconds(at));
      WitnessAnswer answer = ask(de, log, 50, 70, NOW.plusSeconds(at), 60);
      assertEquals(WitnessRules.CONFLICT, answer.getStatus());
      assertEquals(List.of(60L), shown(answer));
      assertEquals(at > 600 ? 1 : 0, alarms(de, Code.AUDIT_LOG_UNPROVEN));
    }
    assertEquals(WitnessRules.CONFLICT, ask(nl, other, 60, 61, NOW.plusSeconds(1), 50).getStatus());
    // What it signs to get out of it convicts it.
    assertEquals(WitnessRules.CONFLICT, ask(de, log, 50, 60, NOW.plusSeconds(2)).getStatus());
    assertEquals(1, alarms(de, Code.AUDIT_LOG_FORKED));
    assertEquals(2, de.ledger.witness().convicted(ORIGIN).size());
  }

  @Test
  void log_thatSignedLessLater_isConvicted_inEitherOrder() {
    ask(de, log, 0, 50, NOW.plusSeconds(10));
    ask(nl, log, 0, 60, NOW);
    gossip(nl, NL, de);
    gossip(de, DE, nl);
    for (WitnessBench bench : List.of(de, nl)) {
      assertEquals(1, alarms(bench, Code.AUDIT_LOG_BEHIND));
      assertEquals(2, bench.ledger.witness().convicted(ORIGIN).size());
    }
  }

  @Test
  void honestLog_provesWhatOtherWitnessesHold_smallerOrLarger() {
    ask(de, log, 0, 50, NOW);
    ask(nl, log, 0, 80, NOW.plusSeconds(1));
    gossip(nl, NL, de);
    gossip(de, DE, nl);
    WitnessAnswer asked = ask(de, log, 50, 60, NOW);
    assertEquals(List.of(80L), shown(asked));
    assertEquals(WitnessRules.OK, ask(de, log, 50, 60, NOW, 80).getStatus());
    assertEquals(WitnessRules.OK, ask(de, log, 60, 70, NOW).getStatus(), "it is proved once");
    assertEquals(WitnessRules.CONFLICT, ask(nl, log, 80, 90, NOW.plusSeconds(2), 51).getStatus());
    assertEquals(WitnessRules.OK, ask(nl, log, 80, 90, NOW.plusSeconds(2), 50).getStatus());
    for (WitnessBench bench : List.of(de, nl)) {
      assertEquals(List.of(), bench.leaves);
      assertEquals(List.of(), bench.ledger.witness().convicted(ORIGIN));
    }
  }

  @Test
  void honestLog_atAnyOrderOfMessages_isNeitherConvictedNorHeldUp() {
    for (int seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      try (WitnessBench first = witness(DE);
          WitnessBench second = witness(NL)) {
        GrowingLog honest = WitnessBench.log();
        List<WitnessBench> benches = List.of(first, second);
        List<AgencyName> names = List.of(DE, NL);
        int[] held = new int[2];
        List<List<Integer>> owed = List.of(new ArrayList<>(), new ArrayList<>());
        List<List<SignedNote>> cosigned = List.of(new ArrayList<>(), new ArrayList<>());
        int signed = 1;
        honest.grow(1, "x");
        for (int step = 1; step < 60; step++) {
          Instant at = NOW.plusSeconds(step);
          honest.grow(random.nextInt(4), "x");
          int who = random.nextInt(2);
          if (random.nextBoolean() && !cosigned.get(1 - who).isEmpty()) {
            List<SignedNote> late = cosigned.get(1 - who);
            report(benches.get(who), names.get(1 - who), late.get(random.nextInt(late.size())));
          } else {
            signed = honest.size();
            int[] reported = owed.get(who).stream().mapToInt(size -> size).toArray();
            WitnessAnswer answer = ask(benches.get(who), honest, held[who], signed, at, reported);
            owed.get(who).clear();
            if (answer.getStatus() == WitnessRules.OK) {
              held[who] = signed;
              cosigned.get(who).add(honest.sign(signed, at));
            } else {
              shown(answer).forEach(size -> owed.get(who).add(size.intValue()));
              assertTrue(!owed.get(who).isEmpty(), "seed " + seed);
            }
          }
        }
        assertTrue(held[0] > 1 && held[1] > 1, "seed " + seed);
        for (WitnessBench bench : benches) {
          assertEquals(List.of(), bench.leaves, "seed " + seed);
        }
      }
    }
  }

  /** The twenty-second look: each outage of a link above ten minutes accused an honest log. */
  @Test
  void log_thatNobodyHasAskedForAProof_isNotAccused_howeverLongAgoTheReportCame() {
    ask(de, log, 0, 50, NOW);
    ask(nl, log, 0, 80, NOW);
    gossip(nl, NL, de);
    de.now.set(NOW.plusSeconds(700));
    WitnessAnswer answer = ask(de, log, 50, 90, NOW.plusSeconds(700));
    assertEquals(WitnessRules.CONFLICT, answer.getStatus());
    assertEquals(List.of(80L), shown(answer));
    assertEquals(0, alarms(de, Code.AUDIT_LOG_UNPROVEN));
    assertEquals(List.of(), de.leaves);
    for (int at : askedEveryTenSecondsThen(701, 1_299)) {
      de.now.set(NOW.plusSeconds(at));
      ask(de, log, 50, 90, NOW.plusSeconds(at));
    }
    assertEquals(0, alarms(de, Code.AUDIT_LOG_UNPROVEN));
    de.now.set(NOW.plusSeconds(1_301));
    ask(de, log, 50, 90, NOW.plusSeconds(1_301));
    assertEquals(1, alarms(de, Code.AUDIT_LOG_UNPROVEN), "it knows, and does not prove it");
    assertEquals(1, de.leaves.size());
  }

  /** The twenty-third look: an outage began between an answer and its arrival. */
  @Test
  void log_whoseAnswersWereLostBeforeAnOutage_isNotAccused() {
    ask(de, log, 0, 50, NOW);
    ask(nl, log, 0, 80, NOW);
    gossip(nl, NL, de);
    for (int lost = 1; lost < Witness.SHOWN_BEFORE; lost++) {
      ask(de, log, 50, 90, NOW.plusSeconds(lost));
    }
    de.now.set(NOW.plusSeconds(700));
    WitnessAnswer answer = ask(de, log, 50, 90, NOW.plusSeconds(700));
    assertEquals(List.of(80L), shown(answer));
    assertEquals(0, alarms(de, Code.AUDIT_LOG_UNPROVEN));
    assertEquals(WitnessRules.OK, ask(de, log, 50, 90, NOW.plusSeconds(700), 80).getStatus());
    assertEquals(List.of(), de.leaves);
  }

  /** Seconds: the first, more every ten seconds, and the others. */
  private static List<Integer> askedEveryTenSecondsThen(int first, int... others) {
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < Witness.SHOWN_BEFORE; i++) {
      out.add(first + 10 * i);
    }
    Arrays.stream(others).forEach(out::add);
    return out;
  }

  @Test
  void checkpoint_thatTheLogDidNotSign_convictsNobodyAndDelaysNothing() {
    ask(de, log, 0, 50, NOW);
    SigningPair stranger = SigningPair.generate(new SecureRandom());
    Checkpoint fork = other.checkpoint(50);
    NoteKeyName name = ORIGIN.keyName();
    Instant at = NOW.plusSeconds(5);
    SigningPair own = FEDERATION.audit("fr.customs");
    report(de, NL, new GrowingLog(ORIGIN, stranger).sign(fork, NOW));
    report(de, NL, new GrowingLog(ORIGIN, FEDERATION.audit("nl.customs")).sign(fork, NOW));
    report(
        de,
        NL,
        SignedNote.of(
            fork.text(),
            List.of(NoteSigner.ed25519Cosignature(name, own.ed25519()).sign(fork.text(), at))));
    report(
        de,
        NL,
        SignedNote.of(
            fork.text(),
            List.of(NoteSigner.mlDsa44Cosignature(name, own.mlDsa44()).sign(fork.text(), at))));
    de.witness.reported(
        NL,
        WitnessedCheckpoints.newBuilder()
            .addCheckpoints(ByteString.EMPTY)
            .addCheckpoints(ByteString.copyFromUtf8("not a note"))
            .addCheckpoints(ByteString.copyFrom(new byte[CheckpointGossip.MAX_NOTE_BYTES + 1]))
            .build());
    assertEquals(WitnessRules.OK, ask(de, log, 50, 60, at).getStatus());
    assertEquals(List.of(), de.leaves);
  }

  @Test
  void report_ofAnAgencyThatIsNoWitness_isNotRead() {
    ask(de, log, 0, 50, NOW);
    SignedNote fork = other.sign(50, NOW);
    report(de, new AgencyName("sg.police"), fork);
    report(de, new AgencyName("xx.nobody"), fork);
    report(de, DE, fork);
    assertEquals(List.of(), de.ledger.witness().convicted(ORIGIN));
    report(de, NL, fork);
    assertEquals(2, de.ledger.witness().convicted(ORIGIN).size());
  }

  @Test
  void reports_inAFlood_takeOnePlaceForEachLogAndWitness() {
    ask(de, log, 0, 50, NOW);
    for (int size = 1; size < 100; size++) {
      report(de, NL, Collections.nCopies(9, log.sign(size, NOW)).toArray(new SignedNote[0]));
    }
    // A gateway that this witness has not seen takes none.
    GrowingLog unknown =
        new GrowingLog(
                new LogOrigin(TestFederation.NAME, FR, new NodeName("gateway-2")),
                FEDERATION.audit("fr.customs"))
            .grow(9, "x");
    report(de, NL, unknown.sign(9, NOW));
    assertEquals(List.of(1L), shown(ask(de, log, 50, 60, NOW)));
    assertEquals(WitnessRules.OK, ask(de, log, 50, 60, NOW, 1).getStatus());
    assertEquals(List.of(), de.leaves);
  }

  @Test
  void reports_keptInMemory_areBoundedByLogsAndWitnesses() {
    ReportedCheckpoints reports = new ReportedCheckpoints();
    HeldCheckpoint one =
        new HeldCheckpoint(ORIGIN, log.checkpoint(5), NOW.getEpochSecond(), log.sign(5, NOW));
    assertTrue(reports.isNews(NL, ORIGIN, one.checkpoint().text()));
    for (int i = 0; i < 50; i++) {
      reports.put(new AgencyName("x.w" + i), one, NOW, Set.of(NL, DE));
    }
    reports.put(NL, one, NOW, Set.of(NL, DE));
    assertEquals(1, reports.size(), "former witnesses leave");
    reports.proven(reports.unproven(ORIGIN));
    assertEquals(List.of(), reports.unproven(ORIGIN));
    assertTrue(!reports.isNews(NL, ORIGIN, one.checkpoint().text()), "a repetition");
    assertTrue(reports.isNews(NL, ORIGIN, log.checkpoint(6).text()));
  }

  /** A log that begins another one at one witness, and goes on with the first at the other. */
  @Test
  void nextLog_admitsWhatOtherWitnessesHoldOfTheOneBefore() {
    ask(nl, log, 0, 90, NOW);
    ask(de, log, 0, 50, NOW);
    GrowingLog next = log.next(50).grow(3, "next");
    assertEquals(WitnessRules.OK, ask(de, next, 0, 4, NOW.plusSeconds(1)).getStatus());
    gossip(nl, NL, de);
    next.grow(1, "next");
    WitnessAnswer shed = ask(de, next, 4, 5, NOW.plusSeconds(2));
    assertEquals(WitnessRules.CONFLICT, shed.getStatus());
    assertEquals(List.of(90L), shown(shed));
    next.naming(AuditType.LOG_CONFLICT, log.former(90));
    assertEquals(WitnessRules.OK, ask(de, next, 4, 6, NOW.plusSeconds(2)).getStatus());

    gossip(de, DE, nl);
    assertEquals(WitnessRules.CONFLICT, ask(nl, log, 90, 91, NOW.plusSeconds(3)).getStatus());
    assertEquals(1, alarms(nl, Code.AUDIT_LOG_BEHIND), "it signs the log that ended");
  }

  @Test
  void gossip_isSentInPartsAndRepeatedByTheMinute() {
    for (int i = 0; i < 6; i++) {
      LogOrigin made = new LogOrigin(TestFederation.NAME, FR, new NodeName("gw-" + i));
      ask(de, new GrowingLog(made, FEDERATION.audit("fr.customs")).grow(1, "x"), 0, 1, NOW);
    }
    List<Integer> sent = new ArrayList<>();
    CheckpointGossip gossip =
        new CheckpointGossip(
            DE,
            de.ledger.witness(),
            () -> bundle,
            (to, said) -> {
              assertEquals(NL, to);
              sent.add(said.getCheckpointsCount());
            },
            de.now::get);
    for (int second = 0; second < 60; second++) {
      de.now.set(NOW.plusSeconds(second));
      gossip.round();
    }
    assertEquals(List.of(4, 2), sent);
    de.now.set(NOW.plus(Duration.ofMinutes(1)));
    gossip.round();
    assertEquals(List.of(4, 2, 4), sent);
  }
}
