package org.entente.gateway.cli.audit;

import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.AuditReport;
import org.entente.gateway.audit.AuditVerifier;
import org.entente.gateway.audit.LogReader;
import org.entente.gateway.audit.LogSuccession;
import org.entente.gateway.audit.TiledLog;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.cli.call.GatewayAddress;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.call.ProgressLine;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.client.ServerIdentityInterceptor;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.AuditGrpc.AuditBlockingStub;
import org.entente.proto.v1.ReadRecordRequest;
import org.entente.proto.v1.ReadRecordResponse;
import org.entente.proto.v1.ReadTileRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * Verification of a running gateway's log: reads every tile over gRPC and hashes it here. Trusts no
 * statement of the gateway: its certificate determines the log, and the trust bundle determines the
 * signing keys.
 */
final class RemoteLogVerification {
  @ArgGroup(exclusive = false)
  private GatewayAddress gateway = new GatewayAddress();

  @Option(
      names = "--bundle",
      required = true,
      paramLabel = "FILE",
      description = "trust bundle with the keys that sign the log's checkpoints")
  private Path bundle = Path.of("");

  @Option(
      names = "--roots",
      required = true,
      paramLabel = "FILE",
      description = "roots that must have signed the bundle")
  private Path roots = Path.of("");

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "checkpoint of the previous verification, which the log must continue; replaced by the"
              + " new one if every check passes")
  private @Nullable Path kept;

  @Option(
      names = "--records",
      description = "also read every record and compare it with its leaf; one call for each")
  private boolean records;

  /**
   * The result of a verification.
   *
   * @param origin the log
   * @param report the faults found, if any
   * @param signed the checkpoint that the gateway served, if its signatures hold
   * @param continued leaves under the checkpoint of the previous verification; 0 without one
   * @param follows the log of the previous checkpoint, if the log in force succeeds it
   * @param tiles how many tiles were read
   * @param bundleVersion version of the trust bundle with the keys
   * @param records whether the records were read
   */
  record VerificationResult(
      LogOrigin origin,
      AuditReport report,
      Optional<CheckpointCheck.Signed> signed,
      long continued,
      Optional<LogOrigin> follows,
      long tiles,
      long bundleVersion,
      boolean records) {

    Instant signedAt() {
      return signed.map(s -> Instant.ofEpochSecond(s.seconds())).orElse(Instant.EPOCH);
    }
  }

  /**
   * Verifies the log.
   *
   * @throws CommandFailure if the log cannot be read or the trust bundle cannot be used
   */
  VerificationResult verify(ProgressLine progress) {
    TrustBundle trusted = TrustedBundle.read(bundle, roots);
    List<LogReader.Copy> held = earlier();
    return gateway.call(channel -> verify(channel, trusted, held, progress));
  }

  private VerificationResult verify(
      ManagedChannel channel,
      TrustBundle trusted,
      List<LogReader.Copy> held,
      ProgressLine progress) {
    ServerIdentityInterceptor answerer = new ServerIdentityInterceptor();
    AuditBlockingStub stub =
        AuditGrpc.newBlockingStub(ClientInterceptors.intercept(channel, answerer));
    Optional<byte[]> served = tile(stub, "checkpoint");
    LogOrigin first = firstLog(trusted, answerer.identity());
    CheckpointVerifier verifier =
        inForce(
            CheckpointVerifier.of(
                first, trusted.agency(first.agency()).map(Member::audit).orElse(List.of())),
            served);
    Optional<LogOrigin> former = former(verifier.origin(), held);
    List<LogReader.Copy> earlier = former.isPresent() ? List.of() : held;
    TiledLog log = new TiledLog(path -> tile(stub, path), earlier);
    if (log.head().isEmpty() && log.checkpoints().size() == earlier.size()) {
      throw new CommandFailure(
          "the gateway serves no checkpoint; it signs its first once its witnesses have answered,"
              + " or some seconds after its start");
    }
    LeafOpener opener =
        (index, any) ->
            records || (index == 0 && former.isPresent()) ? opened(stub, index) : Optional.empty();
    AuditReport report = new AuditVerifier(verifier, opener).verify(log, progress::at);
    if (former.isPresent()) {
      report = report.with(succession(verifier, former.get(), held.get(0), report.first()));
    }
    VerificationResult found =
        new VerificationResult(
            verifier.origin(),
            report,
            signed(verifier, log.checkpoints(), TiledLog.SERVED),
            earlier.isEmpty() ? 0 : size(verifier, earlier.get(0)),
            former,
            log.tilesRead(),
            trusted.version(),
            records);
    if (report.ok()) {
      found.signed().ifPresent(checkpoint -> keep(checkpoint.note().encode()));
    }
    return found;
  }

  /** The log that is served: the gateway's first, or a later one. */
  private static CheckpointVerifier inForce(CheckpointVerifier any, Optional<byte[]> served) {
    return served
        .flatMap(RemoteLogVerification::origin)
        .filter(any.origin()::sameGateway)
        .map(any::of)
        .orElse(any);
  }

  private static Optional<LogOrigin> origin(byte[] note) {
    return SignedNote.parse(note)
        .asNote()
        .flatMap(parsed -> Checkpoint.parse(parsed.text()))
        .flatMap(checkpoint -> LogOrigin.parse(checkpoint.origin()));
  }

  /** The log of the kept checkpoint, if it is an earlier log of the same gateway. */
  private static Optional<LogOrigin> former(LogOrigin log, List<LogReader.Copy> held) {
    return held.stream()
        .map(LogReader.Copy::note)
        .flatMap(note -> origin(note).stream())
        .filter(origin -> origin.sameGateway(log) && origin.number() < log.number())
        .findFirst();
  }

  /** The fault of the log in force as the successor of the log verified last, if any. */
  private static Optional<String> succession(
      CheckpointVerifier verifier,
      LogOrigin former,
      LogReader.Copy kept,
      Optional<AuditRecord> first) {
    CheckpointCheck check = verifier.of(former).check(kept.note());
    return check instanceof CheckpointCheck.Signed signed
        ? LogSuccession.fault(verifier.origin(), first, signed.checkpoint())
        : Optional.of(kept.place() + " is refused: " + ((CheckpointCheck.Refused) check).reason());
  }

  /**
   * The first log of the gateway that answered.
   *
   * @throws CommandFailure if it is not a gateway of a member
   */
  static LogOrigin firstLog(TrustBundle trusted, Optional<URI> answerer) {
    String uri = answerer.map(URI::toString).orElse("none");
    SpiffeId identity;
    try {
      identity = SpiffeId.parse(uri);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("the server is not a gateway: " + e.getMessage(), e);
    }
    boolean known =
        identity.kind() == SpiffeId.Kind.GATEWAY
            && identity.federation().equals(trusted.federation())
            && trusted.agency(identity.agency()).isPresent();
    if (!known) {
      throw new CommandFailure(
          "the server is "
              + uri
              + ", which is not a gateway of a member of "
              + trusted.federation());
    }
    return new LogOrigin(identity.federation(), identity.agency(), identity.name());
  }

  private static Optional<byte[]> tile(AuditBlockingStub stub, String path) {
    try {
      return Optional.of(
          stub.readTile(ReadTileRequest.newBuilder().setPath(path).build())
              .getContent()
              .toByteArray());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The content. An empty array, which matches no leaf, if the gateway reports a mismatch. */
  private static Optional<byte[]> opened(AuditBlockingStub stub, long index) {
    try {
      ReadRecordResponse read =
          stub.readRecord(ReadRecordRequest.newBuilder().setIndex(index).build());
      return read.equals(ReadRecordResponse.getDefaultInstance())
          ? Optional.empty()
          : Optional.of(
              OpenedLeaf.encode(
                  read.getSeed().toByteArray(),
                  read.getMessageIds().toByteArray(),
                  read.getRecord().toByteArray()));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.INTERNAL) {
        return Optional.of(new byte[0]);
      }
      throw e;
    }
  }

  private List<LogReader.Copy> earlier() {
    Path file = kept;
    if (file == null || !Files.exists(file)) {
      return List.of();
    }
    byte[] note =
        OptionFile.access(
            "--checkpoint: " + file + " cannot be read", () -> Files.readAllBytes(file));
    return List.of(new LogReader.Copy("the checkpoint kept in " + file, note));
  }

  private static Optional<CheckpointCheck.Signed> signed(
      CheckpointVerifier verifier, List<LogReader.Copy> copies, String place) {
    return copies.stream()
        .filter(copy -> copy.place().equals(place))
        .map(copy -> verifier.check(copy.note()))
        .filter(CheckpointCheck.Signed.class::isInstance)
        .map(CheckpointCheck.Signed.class::cast)
        .findFirst();
  }

  private static long size(CheckpointVerifier verifier, LogReader.Copy copy) {
    return signed(verifier, List.of(copy), copy.place())
        .map(signed -> signed.checkpoint().size())
        .orElse(0L);
  }

  /** Replaces the kept checkpoint atomically. */
  private void keep(byte[] note) {
    Path file = kept;
    if (file == null) {
      return;
    }
    OptionFile.replace("--checkpoint", file, note);
  }
}
