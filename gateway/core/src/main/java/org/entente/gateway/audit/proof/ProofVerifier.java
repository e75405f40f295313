package org.entente.gateway.audit.proof;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.entente.gateway.audit.proof.ProofVerdict.Fails;
import org.entente.gateway.audit.proof.ProofVerdict.Holds;
import org.entente.gateway.audit.proof.ProofVerdict.Part;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditRecordCodec;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.ShownLeaf;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.WitnessKeys;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.BundleVerdict;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustRoots;
import org.entente.gateway.trust.TrustState;

/**
 * Checks a {@link MessageProof} against the federation's roots alone, without a gateway, network or
 * store.
 *
 * <p>At the time that the log and its witnesses state, the bundle must have been in force or not
 * yet issued. Each key must have been valid when it signed. So a proof remains verifiable for years
 * with the roots of its time. Pure function of input and time. Immutable, safe for use by many
 * threads.
 */
public final class ProofVerifier {
  private final BundleVerifier bundles;
  private final OptionalInt witnesses;

  /**
   * Checks against a federation's roots.
   *
   * @param witnesses how many witnesses must have cosigned; by default one, if the bundle names any
   *     besides the log's own agency
   */
  public ProofVerifier(TrustRoots roots, OptionalInt witnesses) {
    this.bundles = new BundleVerifier(roots);
    this.witnesses = witnesses;
  }

  /** Checks a file. */
  public ProofVerdict verify(byte[] file, Instant now) {
    Optional<MessageProof> proof = MessageProof.parse(file);
    if (proof.isEmpty()) {
      return new Fails(Part.FILE, "not a message proof in the canonical form");
    }
    BundleVerdict verdict = bundles.verifySignatures(proof.get().bundle());
    if (verdict instanceof BundleVerdict.Refused refused) {
      return new Fails(Part.TRUST_BUNDLE, refused.reason());
    }
    return judge(
        proof.get(),
        ((BundleVerdict.Verified) verdict).bundle(),
        new Terms(witnesses, bundles, now));
  }

  /**
   * Checks a proof against a bundle that the caller trusts; for the gateway that makes the proof.
   */
  public static ProofVerdict verify(
      MessageProof proof, TrustBundle bundle, OptionalInt witnesses, Instant now) {
    return judge(proof, bundle, new Terms(witnesses, null, now));
  }

  private record Terms(
      OptionalInt witnesses,
      @org.jspecify.annotations.Nullable BundleVerifier bundles,
      Instant now) {}

  private static ProofVerdict judge(MessageProof proof, TrustBundle bundle, Terms terms) {
    try {
      return new Run(proof, bundle, terms).check();
    } catch (ProofFailure failed) {
      return failed.fails;
    }
  }

  /** The check that failed; ends the run. */
  private static final class ProofFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Fails fails;

    ProofFailure(Part part, String reason) {
      super(reason, null, false, false);
      fails = new Fails(part, reason);
    }
  }

  private static void require(boolean holds, Part part, String reason) throws ProofFailure {
    if (!holds) {
      throw new ProofFailure(part, reason);
    }
  }

  /** The checks of one proof, in order; each relies on the earlier ones. */
  private static final class Run {
    private final MessageProof proof;
    private final TrustBundle bundle;
    private final FederationName federation;
    private final Terms terms;

    Run(MessageProof proof, TrustBundle bundle, Terms terms) {
      this.proof = proof;
      this.bundle = bundle;
      this.federation = bundle.federation();
      this.terms = terms;
    }

    ProofVerdict check() throws ProofFailure {
      LogOrigin log = log();
      CheckpointCheck.Signed signed = checkpoint(log);
      Instant at = Instant.ofEpochSecond(signed.seconds());
      checkTime(at);
      List<AgencyName> cosigned = witnesses(log, signed);
      AuditRecord record = record(log, signed);
      EnvelopeHeader header = header(log, record);
      Ed25519VerifyingKey key = originKey(log, header.facts());
      require(
          header.isSignedBy(key, proof.envelope().signature()),
          Part.SIGNATURE,
          "gateway " + header.facts().gateway() + " did not sign the header");
      return new Holds(
          proof.message(),
          header,
          record,
          log,
          proof.leaf().index(),
          at,
          cosigned,
          bundle.version());
    }

    private LogOrigin log() throws ProofFailure {
      Optional<LogOrigin> log =
          Checkpoint.parse(proof.leaf().checkpoint().text())
              .flatMap(checkpoint -> LogOrigin.parse(checkpoint.origin()));
      require(log.isPresent(), Part.CHECKPOINT, "its origin is not that of a gateway's log");
      LogOrigin origin = log.get();
      require(
          origin.federation().equals(federation),
          Part.CHECKPOINT,
          "its log is of federation "
              + origin.federation()
              + ", the trust bundle of "
              + federation);
      require(
          bundle.isMember(origin.agency()),
          Part.CHECKPOINT,
          origin.agency() + " is not in trust bundle version " + bundle.version());
      return origin;
    }

    private CheckpointCheck.Signed checkpoint(LogOrigin log) throws ProofFailure {
      List<AgencyKey> keys = bundle.agency(log.agency()).map(Member::audit).orElse(List.of());
      CheckpointCheck check =
          CheckpointVerifier.of(log, keys).check(proof.leaf().checkpoint().encode());
      if (check instanceof CheckpointCheck.Refused refused) {
        throw new ProofFailure(Part.CHECKPOINT, refused.reason());
      }
      return (CheckpointCheck.Signed) check;
    }

    private void checkTime(Instant at) throws ProofFailure {
      Instant latest = terms.now().plus(BundleVerifier.SKEW);
      require(!at.isAfter(latest), Part.CHECKPOINT, "its time " + at + " is in the future");
      BundleVerifier bundles = terms.bundles();
      if (bundles == null) {
        return;
      }
      Instant issued = bundle.content().issued();
      require(
          !issued.isAfter(latest),
          Part.TRUST_BUNDLE,
          "its issue time " + issued + " is in the future");
      require(
          bundle.stateAt(at, bundles.grace()) != TrustState.EXPIRED,
          Part.TRUST_BUNDLE,
          "it expired at " + bundle.content().expires() + "; the checkpoint is signed at " + at);
    }

    private List<AgencyName> witnesses(LogOrigin log, CheckpointCheck.Signed signed)
        throws ProofFailure {
      List<AgencyName> cosigned = new ArrayList<>();
      List<AgencyName> all =
          bundle.having(AgencyRole.WITNESS).stream()
              .filter(agency -> !agency.equals(log.agency()))
              .toList();
      for (AgencyName agency : all) {
        if (cosigned(agency, signed)) {
          cosigned.add(agency);
        }
      }
      int must = terms.witnesses().orElse(Math.min(1, all.size()));
      require(
          cosigned.size() >= must,
          Part.WITNESSES,
          "cosignatures: %d of %d witnesses; %d required"
              .formatted(cosigned.size(), all.size(), must));
      return cosigned;
    }

    private boolean cosigned(AgencyName agency, CheckpointCheck.Signed signed) {
      List<AgencyKey> keys = bundle.agency(agency).map(Member::audit).orElse(List.of());
      return WitnessKeys.of(federation, agency, keys).find(signed.note()).isPresent();
    }

    private AuditRecord record(LogOrigin log, CheckpointCheck.Signed signed) throws ProofFailure {
      List<AgencyKey> keys = bundle.agency(log.agency()).map(Member::audit).orElse(List.of());
      Optional<String> fault = proof.leaf().fault(new CheckpointVerifier(log, pairs(keys)));
      if (fault.isPresent()) {
        throw new ProofFailure(Part.LEAF, fault.get());
      }
      Optional<ShownLeaf> opening = proof.leaf().opening();
      byte[] encoded = opening.map(ShownLeaf::encodedRecord).orElse(new byte[0]);
      Optional<AuditRecord> record =
          AuditRecordCodec.decode(encoded)
              .filter(read -> Arrays.equals(AuditRecordCodec.encode(read), encoded));
      require(record.isPresent(), Part.RECORD, "this release cannot read it");
      AuditRecord said = record.get();
      require(
          said.type() == AuditType.ACCEPTED || said.type() == AuditType.RECEIVED,
          Part.RECORD,
          "expected ACCEPTED or RECEIVED, found "
              + said.type()
              + " at leaf "
              + proof.leaf().index()
              + " of "
              + signed.checkpoint().size());
      require(
          opening.filter(leaf -> leaf.names(proof.message(), proof.path())).isPresent(),
          Part.RECORD,
          "it does not name message " + proof.message());
      return said;
    }

    private EnvelopeHeader header(LogOrigin log, AuditRecord record) throws ProofFailure {
      Optional<EnvelopeHeader> parsed = EnvelopeHeader.parse(proof.envelope().header());
      require(parsed.isPresent(), Part.HEADER, "it is malformed");
      EnvelopeHeader header = parsed.get();
      AuditSubject subject = record.subject();
      require(
          subject.headerHash().equals(ByteString.copyFrom(header.hash()))
              && Objects.equals(subject.envelope(), header.facts().id()),
          Part.HEADER,
          "its hash or envelope id differs from the record's");
      AgencyName origin = header.facts().origin();
      boolean fits =
          record.type() == AuditType.ACCEPTED
              ? origin.equals(log.agency()) && header.facts().gateway().equals(log.gateway())
              : origin.equals(record.actor().agency()) && !origin.equals(log.agency());
      require(fits, Part.HEADER, "its origin " + origin + " differs from the record's");
      return header;
    }

    private Ed25519VerifyingKey originKey(LogOrigin log, EnvelopeFacts facts) throws ProofFailure {
      Optional<GatewayKey> key =
          proof.voucher().announcement()
              ? SessionAnnouncement.parse(proof.voucher().bytes())
                  .filter(announcement -> vouches(announcement, log, facts))
                  .map(announcement -> announcement.terms().parties().gateway())
              : KeyBundle.parse(proof.voucher().bytes())
                  .filter(keys -> vouches(keys, facts))
                  .flatMap(keys -> keys.gateway(facts.gateway()));
      return key.filter(named -> named.name().equals(facts.gateway()))
          .orElseThrow(
              () ->
                  new ProofFailure(
                      Part.ORIGIN_KEY,
                      "no statement of "
                          + facts.origin()
                          + ", signed with a pair in trust bundle version "
                          + bundle.version()
                          + ", names its gateway "
                          + facts.gateway()))
          .key();
    }

    private boolean vouches(SessionAnnouncement announcement, LogOrigin log, EnvelopeFacts facts) {
      var parties = announcement.terms().parties();
      return parties.federation().equals(federation)
          && parties.sender().equals(facts.origin())
          && parties.recipient().equals(log.agency())
          && announcement.isSignedBy(signing(facts.origin(), announcement.terms().issuedAtMs()));
    }

    private boolean vouches(KeyBundle keys, EnvelopeFacts facts) {
      return keys.content().federation().equals(federation)
          && keys.content().agency().equals(facts.origin())
          && keys.isSignedBy(signing(facts.origin(), keys.content().issuedAtMs()));
    }

    private List<VerifyingPair> signing(AgencyName agency, long atMillis) {
      Instant at = Instant.ofEpochMilli(atMillis);
      return pairs(
          bundle.agency(agency).map(Member::signing).orElse(List.of()).stream()
              .filter(key -> key.validAt(at))
              .toList());
    }

    private static List<VerifyingPair> pairs(List<AgencyKey> keys) {
      return keys.stream().map(AgencyKey::pair).toList();
    }
  }
}
