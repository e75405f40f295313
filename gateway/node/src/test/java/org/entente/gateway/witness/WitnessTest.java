package org.entente.gateway.witness;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.witness.WitnessBench.BUNDLE;
import static org.entente.gateway.witness.WitnessBench.FEDERATION;
import static org.entente.gateway.witness.WitnessBench.NOW;
import static org.entente.gateway.witness.WitnessBench.ORIGIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.tree.AddCheckpointRequest;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyRole;
import org.entente.proto.link.v1.LeafOpening;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class WitnessTest {
  private final MemoryStore store = new MemoryStore();
  @AutoClose private final WitnessBench bench = WitnessBench.started(store);
  private final GrowingLog log = WitnessBench.log().grow(100, "leaf");

  private WitnessAnswer ask(GrowingLog of, int oldSize, int size, Instant at) {
    return bench.answer(of, of.request(oldSize, size, at));
  }

  private long held() {
    return bench.ledger.witness().latest(ORIGIN).map(h -> h.checkpoint().size()).orElse(0L);
  }

  private List<AuditRecord> conflicts() {
    return bench.leaves.stream().filter(l -> l.type() == AuditType.LOG_CONFLICT).toList();
  }

  private double alarms(Code code) {
    return bench.metric("entente_alarms_total{code=\"" + code + "\",}");
  }

  @Test
  void log_thatContinues_isCosignedWithBothKeysAndKept() {
    int old = 0;
    for (int size : new int[] {1, 2, 3, 7, 8, 64, 65, 100, 100}) {
      AddCheckpointRequest request = log.request(old, size, NOW);
      WitnessAnswer answer = bench.answer(log, request);
      assertEquals(WitnessRules.OK, answer.getStatus());
      assertEquals(
          NOW.getEpochSecond(), WitnessBench.cosignature(request, answer).orElseThrow().seconds());
      assertEquals(size, held());
      old = size;
    }
    assertEquals(List.of(), bench.leaves);
  }

  @Test
  void checkpoint_datedAfterTheYear9999_isNotCosigned() {
    assertEquals(WitnessRules.FORBIDDEN, ask(log, 0, 8, Instant.MAX).getStatus());
    assertEquals(0, held());
    assertEquals(WitnessRules.OK, ask(log, 0, 8, NOW).getStatus());
  }

  @Test
  void oldSize_otherThanHeld_isAnsweredWithWhatIsHeld() {
    assertEquals(WitnessRules.CONFLICT, ask(log, 7, 8, NOW).getStatus());
    ask(log, 0, 50, NOW);
    WitnessAnswer answer = ask(log, 0, 60, NOW);
    assertEquals(WitnessRules.CONFLICT, answer.getStatus());
    assertEquals(
        log.sign(50, NOW),
        SignedNote.parse(answer.getLatest().toByteArray()).asNote().orElseThrow());
    assertEquals(0, alarms(Code.AUDIT_LOG_FORKED));
    assertEquals(WitnessRules.OK, ask(log, 50, 60, NOW).getStatus());
  }

  /** Attack: a log waits until its witness restores an older ledger, and offers another history. */
  @Test
  void witnessRestored_cosignsNoForkOfWhatItHadCosigned() {
    ask(log, 0, 50, NOW);
    ask(log, 50, 100, NOW);
    GrowingLog fork = WitnessBench.log().grow(50, "leaf").grow(50, "fork");
    MemoryStore empty = new MemoryStore();
    try (WitnessBench restored = WitnessBench.restored(empty, bench.folder)) {
      assertEquals(100, restored.ledger.witness().latest(ORIGIN).orElseThrow().checkpoint().size());
      for (int from : new int[] {0, 50, 100}) {
        WitnessAnswer answer = restored.answer(fork, fork.request(from, 100, NOW));
        assertEquals(WitnessRules.CONFLICT, answer.getStatus(), "from " + from);
        assertTrue(answer.getCosignatures().isEmpty());
      }
      log.grow(1, "leaf");
      WitnessAnswer next = restored.answer(log, log.request(100, 101, NOW));
      assertEquals(WitnessRules.OK, next.getStatus(), "the true history goes on");
    }
  }

  /** A member names its gateway as unfinished files end. */
  @Test
  void gatewayCalledNew_isRecalledToo() {
    LogOrigin origin = new LogOrigin(ORIGIN.federation(), ORIGIN.agency(), new NodeName("new"));
    GrowingLog named = new GrowingLog(origin, FEDERATION.audit("fr.customs")).grow(50, "leaf");
    assertEquals(WitnessRules.OK, ask(named, 0, 50, NOW).getStatus());
    try (WitnessBench restored = WitnessBench.restored(new MemoryStore(), bench.folder)) {
      assertEquals(50, restored.ledger.witness().latest(origin).orElseThrow().checkpoint().size());
    }
  }

  @Test
  void fileOfACosignedCheckpoint_neverGoesBack() {
    CosignedCheckpoints files = new CosignedCheckpoints(bench.folder);
    ask(log, 0, 50, NOW);
    HeldCheckpoint older = bench.ledger.witness().latest(ORIGIN).orElseThrow();
    ask(log, 50, 100, NOW);
    files.keep(bench.ledger.witness().latest(ORIGIN).orElseThrow());
    files.keep(older);
    assertEquals(100, files.read().get(0).checkpoint().size());
  }

  @Test
  void witnessThatCannotKeepWhatItCosigns_doesNotCosign() throws IOException {
    Files.delete(bench.folder);
    Files.writeString(bench.folder, "no folder");
    WitnessAnswer answer = ask(log, 0, 50, NOW);
    assertEquals(WitnessRules.UNAVAILABLE, answer.getStatus());
    assertTrue(answer.getCosignatures().isEmpty());
    Files.delete(bench.folder);
    assertEquals(WitnessRules.OK, ask(log, 50, 50, NOW).getStatus(), "once the disk works");
    assertTrue(Files.exists(bench.folder.resolve("fr.customs.gateway-1.note")));
  }

  @Test
  void splitView_secondRootOfASize_isRefusedAlarmedAndKeptAsEvidence() {
    GrowingLog fork = log.fork().grow(20, "fork");
    log.grow(20, "leaf");
    ask(log, 0, 120, NOW);
    WitnessAnswer answer = ask(fork, 120, 120, NOW);
    assertEquals(WitnessRules.CONFLICT, answer.getStatus());
    assertTrue(answer.getCosignatures().isEmpty());
    assertEquals(
        log.checkpoint(120), bench.ledger.witness().latest(ORIGIN).orElseThrow().checkpoint());
    assertEquals(1, alarms(Code.AUDIT_LOG_FORKED));
    assertEquals(
        List.of("AUDIT_LOG_FORKED"), conflicts().stream().map(l -> l.outcome().code()).toList());
    HeldCheckpoint evidence =
        bench.ledger.witness().refused(ORIGIN, Code.AUDIT_LOG_FORKED).orElseThrow();
    assertEquals(fork.checkpoint(120), evidence.checkpoint());
  }

  @Test
  void fork_thatGrewBeyondWhatIsHeld_findsNoProof() {
    GrowingLog fork = WitnessBench.log().grow(99, "leaf").grow(51, "fork");
    ask(log, 0, 100, NOW);
    assertEquals(WitnessRules.UNPROVEN, ask(fork, 100, 150, NOW).getStatus());
    AddCheckpointRequest stolen =
        new AddCheckpointRequest(
            100, log.grow(50, "leaf").request(100, 150, NOW).proof(), fork.sign(150, NOW));
    assertEquals(WitnessRules.UNPROVEN, bench.answer(fork, stolen).getStatus());
    assertEquals(100, held());
    assertEquals(2, alarms(Code.AUDIT_LOG_UNPROVEN));
    assertEquals(1, conflicts().size(), "one leaf an hour, however often it is tried");
  }

  @Test
  void rollback_signedLater_isAlarmed_andAnOldRequestIsNot() {
    ask(log, 0, 50, NOW);
    ask(log, 50, 100, NOW.plusSeconds(10));
    assertEquals(WitnessRules.CONFLICT, ask(log, 50, 60, NOW.plusSeconds(5)).getStatus());
    assertEquals(0, alarms(Code.AUDIT_LOG_BEHIND));
    assertEquals(WitnessRules.CONFLICT, ask(log, 50, 60, NOW.plusSeconds(20)).getStatus());
    assertEquals(1, alarms(Code.AUDIT_LOG_BEHIND));
    assertEquals(100, held());
  }

  @Test
  void alarm_isRecordedAgainAfterAnHour_andWhenTheClockWasSetBack() {
    GrowingLog fork = WitnessBench.log().grow(100, "fork");
    ask(log, 0, 100, NOW);
    ask(fork, 100, 100, NOW);
    ask(fork, 100, 100, NOW);
    assertEquals(1, conflicts().size());
    bench.now.set(NOW.plusSeconds(3_600));
    ask(fork, 100, 100, NOW);
    assertEquals(2, conflicts().size());
    bench.now.set(NOW);
    ask(fork, 100, 100, NOW);
    assertEquals(3, conflicts().size());
    assertEquals(4, alarms(Code.AUDIT_LOG_FORKED));
  }

  @Test
  void restart_remembersWhatWasCosigned() {
    MemoryStore.Disk disk = new MemoryStore.Disk();
    try (WitnessBench first = WitnessBench.started(new MemoryStore(disk))) {
      first.answer(log, log.request(0, 100, NOW));
    }
    try (WitnessBench again = WitnessBench.started(new MemoryStore(disk))) {
      GrowingLog fork = WitnessBench.log().grow(100, "fork");
      assertEquals(
          WitnessRules.CONFLICT, again.answer(fork, fork.request(0, 100, NOW)).getStatus());
      assertEquals(WitnessRules.OK, again.answer(log, log.request(100, 100, NOW)).getStatus());
    }
  }

  @Test
  void checkpoint_thatCannotBeMadeDurable_isNotCosigned() {
    store.failNextCommit(new StoreFailure(StoreFailure.Kind.DISK_FULL, "no space", null));
    WitnessAnswer answer = ask(log, 0, 100, NOW);
    assertEquals(WitnessRules.UNAVAILABLE, answer.getStatus());
    assertTrue(answer.getCosignatures().isEmpty());
    assertEquals(0, held());
  }

  @Test
  void checkpoint_ofNobodysOrAnothersKeys_isForbidden() {
    GrowingLog stranger =
        new GrowingLog(ORIGIN, SigningPair.generate(new java.security.SecureRandom())).grow(9, "x");
    GrowingLog other = new GrowingLog(ORIGIN, FEDERATION.audit("de.customs")).grow(9, "x");
    assertEquals(WitnessRules.FORBIDDEN, ask(stranger, 0, 9, NOW).getStatus());
    assertEquals(WitnessRules.FORBIDDEN, ask(other, 0, 9, NOW).getStatus());
    assertEquals(0, held());
  }

  @Test
  void checkpoint_afterTheKeysValidity_isForbidden() {
    bench.now.set(NOW.plus(TestFederation.LIFETIME));
    assertEquals(WitnessRules.FORBIDDEN, ask(log, 0, 9, NOW).getStatus());
  }

  @Test
  void log_ofAnotherAgencyThanSaid_isUnknown() {
    WitnessRequest request = WitnessBench.wire(ORIGIN, log.request(0, 9, NOW));
    assertEquals(
        WitnessRules.UNKNOWN,
        bench
            .witness
            .answer(new AgencyName("sg.police"), request)
            .join()
            .orElseThrow()
            .getStatus());
    assertEquals(
        Optional.empty(), bench.witness.answer(new AgencyName("xx.nobody"), request).join());
    assertEquals(
        Optional.empty(),
        bench.witness.answer(FR, request.toBuilder().setOrigin("example.com/log").build()).join());
  }

  @Test
  void agency_withoutTheRole_witnessesNothing() {
    assertTrue(BUNDLE.has(DE, AgencyRole.WITNESS));
    try (WitnessBench quiet = WitnessBench.without(new MemoryStore())) {
      assertEquals(WitnessRules.UNKNOWN, quiet.answer(log, log.request(0, 9, NOW)).getStatus());
    }
  }

  @Test
  void request_malformedOrGoingBack_isRefusedWithoutAlarm() {
    WitnessRequest junk =
        WitnessRequest.newBuilder()
            .setOrigin(ORIGIN.line())
            .setAddCheckpoint(com.google.protobuf.ByteString.copyFromUtf8("old 0\n\nx"))
            .build();
    assertEquals(
        WitnessRules.MALFORMED, bench.witness.answer(FR, junk).join().orElseThrow().getStatus());
    AddCheckpointRequest back = new AddCheckpointRequest(10, List.of(), log.sign(9, NOW));
    assertEquals(WitnessRules.MALFORMED, bench.answer(log, back).getStatus());
    AddCheckpointRequest proofOfNothing =
        new AddCheckpointRequest(0, log.request(50, 100, NOW).proof(), log.sign(100, NOW));
    assertEquals(WitnessRules.UNPROVEN, bench.answer(log, proofOfNothing).getStatus());
    assertEquals(List.of(), bench.leaves);
    assertEquals(0, held());
  }

  @Test
  void latest_isAnsweredToWhoeverAsks_forTheGatewaysLogs() {
    WitnessRequest latest = WitnessRequest.newBuilder().setOrigin(ORIGIN.line()).build();
    assertTrue(bench.witness.answer(FR, latest).join().orElseThrow().getLatest().isEmpty());
    ask(log, 0, 100, NOW);
    WitnessRequest later = latest.toBuilder().setOrigin(ORIGIN.numbered(7).line()).build();
    for (WitnessRequest one : List.of(latest, later)) {
      WitnessAnswer answer = bench.witness.answer(FR, one).join().orElseThrow();
      assertEquals(WitnessRules.OK, answer.getStatus());
      assertEquals(
          Optional.of(log.sign(100, NOW)),
          SignedNote.parse(answer.getLatest().toByteArray()).asNote());
    }
  }

  @Test
  void furtherLog_endsTheOneBefore_andIsRecorded() {
    GrowingLog next = log.next(100).grow(4, "new");
    ask(log, 0, 100, NOW);
    assertEquals(
        WitnessRules.CONFLICT,
        bench.answer(next, new AddCheckpointRequest(4, List.of(), next.sign(5, NOW))).getStatus());
    assertEquals(WitnessRules.OK, ask(next, 0, 5, NOW).getStatus());
    assertEquals(
        List.of(ORIGIN.numbered(2) + " follows " + ORIGIN + " of 100 leaves"),
        bench.leaves.stream().map(l -> l.outcome().detail()).toList());
    assertEquals(
        log.checkpoint(100), bench.ledger.witness().ended(ORIGIN).orElseThrow().checkpoint());
    assertEquals(WitnessRules.CONFLICT, ask(log, 100, 100, NOW).getStatus());
    assertEquals(0, alarms(Code.AUDIT_LOG_BEHIND));
    assertEquals(WitnessRules.CONFLICT, ask(log, 100, 100, NOW.plusSeconds(1)).getStatus());
    assertEquals(1, alarms(Code.AUDIT_LOG_BEHIND));
  }

  /** Threat 82: a member begins another log to be rid of what it has signed. */
  @Test
  void furtherLog_thatDoesNotSayWhatEnded_isRefusedAndAlarmed_andTheFirstIsCosignedOn() {
    ask(log, 0, 60, NOW);
    GrowingLog silent =
        new GrowingLog(ORIGIN.numbered(2), FEDERATION.audit("fr.customs")).grow(5, "new");
    GrowingLog belittling = log.next(59).grow(4, "new");
    GrowingLog ofAFork = WitnessBench.log().grow(60, "fork").next(60).grow(4, "new");
    GrowingLog ofAnother =
        new GrowingLog(
                new LogOrigin(TestFederation.NAME, FR, new NodeName("gateway-2")),
                FEDERATION.audit("fr.customs"))
            .grow(60, "other");
    GrowingLog namesAnother =
        new GrowingLog(ORIGIN.numbered(2), FEDERATION.audit("fr.customs"))
            .naming(AuditType.LOG_OPENED, ofAnother.former(60))
            .grow(4, "new");
    GrowingLog wrongType =
        new GrowingLog(ORIGIN.numbered(2), FEDERATION.audit("fr.customs"))
            .naming(AuditType.LOG_CONFLICT, log.former(60))
            .grow(4, "new");
    List<GrowingLog> lies = List.of(silent, belittling, ofAFork, namesAnother, wrongType);
    for (GrowingLog lie : lies) {
      WitnessAnswer answer = ask(lie, 0, 5, NOW);
      assertEquals(WitnessRules.UNPROVEN, answer.getStatus());
      assertTrue(answer.getCosignatures().isEmpty());
    }
    assertEquals(60, held());
    assertEquals(lies.size(), alarms(Code.AUDIT_LOG_UNPROVEN));
    assertEquals(1, conflicts().size());
    assertEquals(WitnessRules.OK, ask(log, 60, 100, NOW).getStatus());
  }

  @Test
  void furtherLog_whoseOpeningsDoNotVerify_isRefused() {
    ask(log, 0, 100, NOW);
    GrowingLog next = log.next(100).grow(4, "new");
    List<LeafOpening> honest = next.openings(5);
    AddCheckpointRequest request = next.request(0, 5, NOW);
    LeafOpening first = honest.get(0);
    ByteString opened = first.getOpened();
    for (List<LeafOpening> wrong :
        List.of(
            List.<LeafOpening>of(),
            List.of(first.toBuilder().setIndex(1).build()),
            List.of(first.toBuilder().setIndex(-1).build()),
            List.of(first.toBuilder().setOpened(opened.substring(1)).build()),
            List.of(first.toBuilder().setOpened(ByteString.EMPTY).build()),
            List.of(first.toBuilder().clearPath().build()),
            List.of(first.toBuilder().addPath(ByteString.copyFromUtf8("short")).build()),
            Collections.nCopies(SuccessionProof.MAX_OPENINGS + 1, first))) {
      assertEquals(WitnessRules.UNPROVEN, bench.answer(next, request, wrong).getStatus());
    }
    assertEquals(WitnessRules.OK, bench.answer(next, request, honest).getStatus());
  }

  /** Its first leaf was written while this witness, which holds more, could not be asked. */
  @Test
  void furtherLog_thatAdmitsInALaterLeafWhatIsHeld_isCosigned() {
    ask(log, 0, 100, NOW);
    GrowingLog next = log.next(60).grow(3, "new").naming(AuditType.LOG_CONFLICT, log.former(100));
    assertEquals(WitnessRules.OK, ask(next, 0, 5, NOW).getStatus());
  }

  /** A witness that was away while a log began and ended. */
  @Test
  void furtherLog_afterOneThatTheWitnessMissed_admitsWhatIsHeldOfTheOneBefore() {
    ask(log, 0, 100, NOW);
    GrowingLog second = log.next(100).grow(4, "second");
    GrowingLog third = second.next(5).grow(3, "third");
    assertEquals(WitnessRules.UNPROVEN, ask(third, 0, 4, NOW).getStatus());
    third.naming(AuditType.LOG_CONFLICT, log.former(100));
    assertEquals(WitnessRules.OK, ask(third, 0, 5, NOW).getStatus());
  }

  @Test
  void furtherLog_atAWitnessThatHoldsNothing_saysWhatEndedToo() {
    GrowingLog silent =
        new GrowingLog(ORIGIN.numbered(2), FEDERATION.audit("fr.customs")).grow(5, "new");
    assertEquals(WitnessRules.UNPROVEN, ask(silent, 0, 5, NOW).getStatus());
    assertEquals(WitnessRules.OK, ask(log.next(100), 0, 1, NOW).getStatus());
  }

  @Test
  void furtherLogs_inAFlood_areNotTaken() {
    ask(log, 0, 100, NOW);
    GrowingLog second = log.next(100).grow(4, "new");
    assertEquals(WitnessRules.OK, ask(second, 0, 5, NOW).getStatus());
    for (int i = 0; i < 8; i++) {
      GrowingLog third = second.next(5).grow(4, "new " + i);
      assertEquals(WitnessRules.UNAVAILABLE, ask(third, 0, 5, NOW).getStatus());
    }
    assertEquals(1, bench.leaves.size());
  }

  @Test
  void gateways_madeUpByAMember_takeBoundedSpace() {
    int cosigned = 0;
    for (int i = 0; i < 80; i++) {
      LogOrigin made = new LogOrigin(TestFederation.NAME, FR, new NodeName("gw-" + i));
      GrowingLog one = new GrowingLog(made, FEDERATION.audit("fr.customs")).grow(1, "x");
      cosigned += ask(one, 0, 1, NOW).getStatus() == WitnessRules.OK ? 1 : 0;
    }
    assertEquals(64, cosigned);
    assertEquals(64, bench.ledger.witness().all().size());
  }

  private static GrowingLog logOf(String gateway) {
    LogOrigin origin = new LogOrigin(TestFederation.NAME, FR, new NodeName(gateway));
    return new GrowingLog(origin, FEDERATION.audit("fr.customs")).grow(1, "x");
  }

  private static CompletableFuture<Integer> asked(WitnessBench bench, String gateway) {
    LogOrigin origin = new LogOrigin(TestFederation.NAME, FR, new NodeName(gateway));
    return bench
        .witness
        .answer(FR, WitnessBench.wire(origin, logOf(gateway).request(0, 1, NOW)))
        .thenApply(answer -> answer.orElseThrow().getStatus());
  }

  /** Each file takes two syncs: a worker of all that wait is enough. */
  @Test
  void fileThatIsSlow_holdsUpOneWorker_andAnAgencyHasFewOfThem() {
    Queue<Runnable> workers = new ConcurrentLinkedQueue<>();
    try (WitnessBench slow = new WitnessBench(new MemoryStore(), workers::add)) {
      slow.ledger.start();
      List<CompletableFuture<Integer>> answers =
          IntStream.range(0, Witness.IN_PROGRESS).mapToObj(i -> asked(slow, "gw-" + i)).toList();
      assertEquals(WitnessRules.UNAVAILABLE, asked(slow, "gw-one-more").join());
      slow.ledger.commit(Lane.ROUTINE, tx -> true);
      for (int left = answers.size(); left > 0; left--) {
        assertEquals(1, workers.size());
        workers.remove().run();
      }
      answers.forEach(answer -> assertEquals(WitnessRules.OK, answer.join()));
      CompletableFuture<Integer> later = asked(slow, "gw-one-more");
      slow.ledger.commit(Lane.ROUTINE, tx -> true);
      workers.remove().run();
      assertEquals(WitnessRules.OK, later.join());
    }
  }

  @Test
  void gateways_areCountedInTheTransaction() {
    bench.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < 3; i++) {
            LogOrigin made = new LogOrigin(TestFederation.NAME, FR, new NodeName("gw-" + i));
            GrowingLog one = new GrowingLog(made, FEDERATION.audit("fr.customs")).grow(2, "x");
            assertEquals(i, bench.ledger.witness().gateways(tx, FR));
            for (int size = 1; size <= 2; size++) {
              bench
                  .ledger
                  .witness()
                  .put(
                      tx,
                      new HeldCheckpoint(
                          made, one.checkpoint(size), NOW.getEpochSecond(), one.sign(size, NOW)));
            }
          }
          return tx;
        });
    bench.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          assertEquals(3, bench.ledger.witness().gateways(tx, FR));
          assertEquals(0, bench.ledger.witness().gateways(tx, DE));
          return tx;
        });
  }

  @Test
  void witnessName_isNoLogsOrigin() {
    Set<String> names =
        BUNDLE.members().keySet().stream()
            .map(
                a ->
                    org.entente.gateway.audit.tree.WitnessKeys.name(TestFederation.NAME, a).value())
            .collect(Collectors.toSet());
    names.forEach(name -> assertFalse(LogOrigin.parse(name).isPresent(), name));
  }
}
