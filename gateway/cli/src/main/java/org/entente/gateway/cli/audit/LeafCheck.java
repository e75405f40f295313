package org.entente.gateway.cli.audit;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.entente.gateway.audit.proof.LogProof;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.record.ShownLeaf;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.WitnessKeys;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.v1.ExportedLeaf;

/**
 * Checks the leaves of an export against a trust bundle: that each is in the log under a checkpoint
 * that the agency signed, and that its record and its messages are those that the leaf commits to.
 * Trusts no statement of the gateway. Used by one thread.
 */
final class LeafCheck {
  private final TrustBundle bundle;
  private final Optional<LogOrigin> gateway;
  private final Map<String, SignedCheckpoint> checkpoints = new TreeMap<>();

  /**
   * A check of leaves.
   *
   * @param gateway a log of the gateway that gave the leaves, whose own they must be; empty if they
   *     may be of any gateway
   */
  LeafCheck(TrustBundle bundle, Optional<LogOrigin> gateway) {
    this.bundle = bundle;
    this.gateway = gateway;
  }

  /**
   * A checkpoint under which leaves were found.
   *
   * @param log the log
   * @param leaves how many leaves it covers
   * @param root the root of its tree, base64
   * @param at when it was signed
   * @param witnesses the members that cosigned it
   */
  record SignedCheckpoint(
      String log, long leaves, String root, Instant at, List<AgencyName> witnesses) {}

  /** The checkpoints that the checked leaves are under, by log and size. */
  List<SignedCheckpoint> checkpoints() {
    return List.copyOf(checkpoints.values());
  }

  /** What is wrong with a leaf, its record or its messages; empty if all is proven. */
  Optional<String> fault(ExportedRecord exported) {
    if (!exported.isCoherent()) {
      return Optional.of(
          "its parts differ: they were changed, or its record was erased during the export");
    }
    return exported.parts().stream()
        .map(this::unproven)
        .flatMap(Optional::stream)
        .findFirst()
        .or(() -> unfounded(exported));
  }

  /** What is wrong with the proof of a part. */
  private Optional<String> unproven(ExportedLeaf leaf) {
    Optional<LogOrigin> origin = LogOrigin.parse(leaf.getOrigin());
    if (origin.isEmpty() || !origin.get().federation().equals(bundle.federation())) {
      return Optional.of("its log is not of this federation");
    }
    if (gateway.filter(own -> !own.sameGateway(origin.get())).isPresent()) {
      return Optional.of("it is of " + origin.get() + ", not of the gateway that gave it");
    }
    if (leaf.getProof().isEmpty()) {
      return Optional.of("no signed checkpoint covers the leaf yet");
    }
    Optional<LogProof> proof = LogProof.parse(leaf.getProof().toByteArray());
    if (proof.isEmpty() || proof.get().index() != leaf.getIndex()) {
      return Optional.of("its proof is malformed, or of another leaf");
    }
    return signed(origin.get(), proof.get()) instanceof CheckpointCheck.Refused refused
        ? Optional.of("its checkpoint is refused: " + refused.reason())
        : unproven(leaf, proof.get(), verifier(origin.get()));
  }

  private Optional<String> unproven(
      ExportedLeaf leaf, LogProof proof, CheckpointVerifier verifier) {
    byte[] commitment = leaf.getCommitment().toByteArray();
    Optional<String> fault = proof.fault(verifier, commitment);
    if (fault.isPresent()) {
      return fault;
    }
    note(verifier.origin(), proof);
    if (leaf.getRecord().isEmpty()) {
      return Optional.of(
          "the gateway shows no record: it is erased, or withheld; that the leaf is in the log is"
              + " proven");
    }
    boolean opens =
        proof
            .opening()
            .filter(shown -> Arrays.equals(ShownLeaf.commitment(shown.encode()), commitment))
            .filter(shown -> isRecord(shown, leaf.getRecord()))
            .isPresent();
    return opens
        ? Optional.empty()
        : Optional.of("its record is not the one that the leaf commits to");
  }

  /** What is wrong with the record and the messages of a leaf that is proven. */
  private static Optional<String> unfounded(ExportedRecord exported) {
    if (exported.record().isEmpty()) {
      return Optional.of("its record cannot be read; that it is in the log is proven");
    }
    if (!exported.isWhole()) {
      return Optional.of("the export has not all its messages; its record is proven");
    }
    return named(exported)
        ? Optional.empty()
        : Optional.of("its messages are not those that the leaf commits to; its record is proven");
  }

  private static boolean isRecord(ShownLeaf shown, ByteString record) {
    return Arrays.equals(shown.encodedRecord(), record.toByteArray());
  }

  private static boolean named(ExportedRecord exported) {
    ByteString ids = ByteString.EMPTY;
    for (var message : exported.messages()) {
      // The leaf commits to the ids one after the other, which says nothing of where each begins.
      if (message.getMessageId().size() != MessageId.SIZE) {
        return false;
      }
      ids = ids.concat(message.getMessageId());
    }
    byte[] content =
        OpenedLeaf.encode(
            exported.leaf().getSeed().toByteArray(),
            ids.toByteArray(),
            exported.leaf().getRecord().toByteArray());
    return OpenedLeaf.of(content, exported.leaf().getCommitment().toByteArray()).matches();
  }

  // Keys ---------------------------------------------------------------------------------------

  private CheckpointCheck signed(LogOrigin origin, LogProof proof) {
    return verifier(origin).check(proof.checkpoint().encode());
  }

  private CheckpointVerifier verifier(LogOrigin origin) {
    return CheckpointVerifier.of(origin, keys(origin.agency()));
  }

  private List<AgencyKey> keys(AgencyName agency) {
    return bundle.agency(agency).map(Member::audit).orElse(List.of());
  }

  private void note(LogOrigin origin, LogProof proof) {
    if (signed(origin, proof) instanceof CheckpointCheck.Signed signed) {
      long leaves = signed.checkpoint().size();
      checkpoints.computeIfAbsent(
          "%s %020d".formatted(origin, leaves),
          key ->
              new SignedCheckpoint(
                  origin.line(),
                  leaves,
                  signed.checkpoint().root().base64(),
                  Instant.ofEpochSecond(signed.seconds()),
                  witnesses(origin, signed)));
    }
  }

  private List<AgencyName> witnesses(LogOrigin origin, CheckpointCheck.Signed signed) {
    return bundle.having(AgencyRole.WITNESS).stream()
        .filter(agency -> !agency.equals(origin.agency()))
        .filter(agency -> isCosigned(agency, signed))
        .toList();
  }

  private boolean isCosigned(AgencyName agency, CheckpointCheck.Signed signed) {
    return WitnessKeys.of(bundle.federation(), agency, keys(agency))
        .find(signed.note())
        .isPresent();
  }
}
