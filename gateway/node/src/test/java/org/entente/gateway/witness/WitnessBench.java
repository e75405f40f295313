package org.entente.gateway.witness;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.tree.AddCheckpointRequest;
import org.entente.gateway.audit.tree.CheckpointCosigner;
import org.entente.gateway.audit.tree.Cosignature;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.WitnessKeys;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.store.Batch;
import org.entente.gateway.testkit.MemoryFolders;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.testkit.TestNames;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.link.v1.LeafOpening;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;

/** The witness {@code de.customs} over a real ledger, and the log of {@code fr.customs}. */
final class WitnessBench implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  static final TestFederation FEDERATION = new TestFederation(NOW.minusSeconds(60));
  static final TrustBundle BUNDLE = FEDERATION.bundle(FEDERATION.content(1));
  static final LogOrigin ORIGIN = new LogOrigin(TestFederation.NAME, FR, new NodeName("gateway-1"));

  final Meters meters = new Meters();
  final List<AuditRecord> leaves = Collections.synchronizedList(new ArrayList<>());
  final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  final Ledger ledger;
  final Witness witness;

  /** What it has cosigned, outside the ledger. */
  final Path folder;

  WitnessBench(MemoryStore store, Executor workers) {
    this(store, workers, DE, BUNDLE, cosigner(), newFolder());
  }

  private WitnessBench(
      MemoryStore store,
      Executor workers,
      AgencyName self,
      TrustBundle bundle,
      CheckpointCosigner cosigner,
      Path folder) {
    this.folder = folder;
    InstantSource clock = now::get;
    ledger =
        new Ledger(
            store,
            TestNames.names(),
            new Leaves(leaves),
            clock,
            LedgerLimits.DEFAULT,
            new QuietLedger.SilentObserver());
    witness =
        new Witness(
            new Witness.Parts(
                TestFederation.NAME, self, ledger, () -> bundle, clock, workers, meters),
            new CosignedCheckpoints(folder),
            cosigner);
  }

  private static Path newFolder() {
    try {
      return MemoryFolders.create("cosigned-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CheckpointCosigner cosigner() {
    return new CheckpointCosigner(TestFederation.NAME, DE, FEDERATION.audit("de.customs"));
  }

  /** Another agency's witness. */
  static WitnessBench started(AgencyName self, TrustBundle bundle, CheckpointCosigner cosigner) {
    WitnessBench bench =
        new WitnessBench(new MemoryStore(), Runnable::run, self, bundle, cosigner, newFolder());
    bench.ledger.start();
    return bench;
  }

  /** A witness that answers on the writer's thread, started. */
  static WitnessBench started(MemoryStore store) {
    WitnessBench bench = new WitnessBench(store, Runnable::run);
    bench.ledger.start();
    return bench;
  }

  /** The same agency's witness with another ledger, and the folder of an earlier one. */
  static WitnessBench restored(MemoryStore store, Path folder) {
    WitnessBench bench = new WitnessBench(store, Runnable::run, DE, BUNDLE, cosigner(), folder);
    bench.ledger.start();
    bench.witness.recall();
    return bench;
  }

  /** One whose agency has not the role. */
  static WitnessBench without(MemoryStore store) {
    List<Member> members =
        BUNDLE.members().values().stream()
            .map(member -> member.name().equals(DE) ? plain(member) : member)
            .toList();
    WitnessBench bench =
        new WitnessBench(
            store,
            Runnable::run,
            DE,
            FEDERATION.bundle(FEDERATION.content(1, members)),
            cosigner(),
            newFolder());
    bench.ledger.start();
    return bench;
  }

  private static Member plain(Member member) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        Set.of(AgencyRole.MEMBER),
        member.authorities(),
        member.signing(),
        member.audit(),
        member.endpoints(),
        member.via(),
        member.revoked());
  }

  static GrowingLog log() {
    return new GrowingLog(ORIGIN, FEDERATION.audit("fr.customs"));
  }

  CompletableFuture<Optional<WitnessAnswer>> ask(LogOrigin origin, AddCheckpointRequest request) {
    return witness.answer(origin.agency(), wire(origin, request));
  }

  WitnessAnswer answer(GrowingLog log, AddCheckpointRequest request) {
    int size = (int) Checkpoint.parse(request.checkpoint().text()).orElseThrow().size();
    return answer(log, request, log.openings(size));
  }

  WitnessAnswer answer(GrowingLog log, AddCheckpointRequest request, List<LeafOpening> openings) {
    WitnessRequest asked = wire(log.origin(), request).toBuilder().addAllOpenings(openings).build();
    return witness.answer(log.origin().agency(), asked).join().orElseThrow();
  }

  static WitnessRequest wire(LogOrigin origin, AddCheckpointRequest request) {
    return WitnessRequest.newBuilder()
        .setOrigin(origin.line())
        .setAddCheckpoint(ByteString.copyFrom(request.encode()))
        .build();
  }

  /** The cosignature in an answer, as the log's side reads it. */
  static Optional<Cosignature> cosignature(AddCheckpointRequest request, WitnessAnswer answer) {
    WitnessKeys keys =
        new WitnessKeys(
            TestFederation.NAME,
            DE,
            FEDERATION.member("de.customs").audit().stream().map(AgencyKey::pair).toList());
    return WitnessKeys.under(request.checkpoint(), answer.getCosignatures().toByteArray())
        .flatMap(keys::find);
  }

  double metric(String line) {
    return meters
        .text()
        .lines()
        .filter(l -> l.startsWith(line + " "))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public void close() {
    ledger.close();
    try {
      if (Files.exists(folder)) {
        MemoryFolders.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Leaves(List<AuditRecord> into) implements Journal {
    @Override
    public void append(Batch batch, List<AuditRecord> leaves) {
      into.addAll(leaves);
    }

    @Override
    public void committed() {}

    @Override
    public void rolledBack() {}
  }
}
