package org.entente.gateway.node.keys;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ceremony.PairRenewal;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.feature.OwnPairs;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.rpc.ExplanationMapper;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AuthorityCertificate;
import org.entente.gateway.trust.JoinRequest;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.v1.FulfilmentState;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.PairState;
import org.entente.proto.v1.PairUse;
import org.entente.proto.v1.RenewKeysRequest;
import org.entente.proto.v1.RenewKeysResponse;
import org.entente.proto.v1.ShowKeysResponse;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the node's signing pairs while it runs. Operators have the next pairs made, the trust
 * bundle says when they become valid, and {@link #follow} switches to them. Safe for many threads.
 */
public final class SigningPairRenewal implements OwnPairs {
  private final AgencyName self;
  private final Supplier<TrustBundle> bundle;
  private final Ledger ledger;
  private final LabelCheck check;
  private final InstantSource clock;
  private final Use agency;
  private final Use audit;
  private final Supplier<Policy> policy;

  public SigningPairRenewal(
      AgencyName self,
      Supplier<TrustBundle> bundle,
      Ledger ledger,
      LabelCheck check,
      InstantSource clock,
      Use agency,
      Use audit,
      Supplier<Policy> policy) {
    this.policy = policy;
    this.self = self;
    this.bundle = bundle;
    this.ledger = ledger;
    this.check = check;
    this.clock = clock;
    this.agency = agency;
    this.audit = audit;
  }

  /** One use of pairs: those held, the one in force, and the listener for changes. */
  public static final class Use {
    private final PairUse use;
    private final SigningPairSet pairs;
    private final Function<Member, List<AgencyKey>> listed;
    private final Consumer<SigningPair> signers;
    private String inForce;

    private Use(
        PairUse use,
        SigningPairSet pairs,
        Function<Member, List<AgencyKey>> listed,
        SigningPair inForce,
        Consumer<SigningPair> signers) {
      this.use = use;
      this.pairs = pairs;
      this.listed = listed;
      this.signers = signers;
      this.inForce = inForce.verifyingPair().id();
    }

    public static Use agency(
        SigningPairSet pairs, SigningPair inForce, Consumer<SigningPair> signers) {
      return new Use(PairUse.PAIR_USE_AGENCY, pairs, Member::signing, inForce, signers);
    }

    public static Use audit(
        SigningPairSet pairs, SigningPair inForce, Consumer<SigningPair> signers) {
      return new Use(PairUse.PAIR_USE_AUDIT, pairs, Member::audit, inForce, signers);
    }

    private List<AgencyKey> listed(Optional<Member> member) {
      return member.map(listed).orElse(List.of());
    }

    private String name() {
      return use == PairUse.PAIR_USE_AGENCY ? "announcements" : "checkpoints";
    }
  }

  private Optional<Member> member() {
    return bundle.get().agency(self);
  }

  @Override
  public synchronized Result<RenewKeysResponse> renew(NodeName client, RenewKeysRequest request) {
    OnBehalfOf person = request.getOnBehalfOf();
    Optional<Member> member = member();
    List<Problem> problems = new ArrayList<>(check.decision(person).stream().toList());
    Optional<Instant> from = second("from", request.getFrom(), problems);
    Optional<Instant> until = second("until", request.getUntil(), problems);
    Optional<Instant> oldUntil = second("old_until", request.getOldUntil(), problems);
    Optional<AuthorityCertificate> authority = authority(request.getAuthority(), problems);
    if (from.isPresent() && until.isPresent() && !until.get().isAfter(from.get())) {
      problems.add(new Problem(Code.INVALID_FIELD, "until", "must be after `from`"));
    }
    if (from.isPresent() && oldUntil.isPresent() && oldUntil.get().isBefore(from.get())) {
      problems.add(new Problem(Code.INVALID_FIELD, "old_until", "must not be before `from`"));
    }
    if (member.isEmpty()) {
      problems.add(
          new Problem(
              Code.NOT_FOUND,
              "",
              "the trust bundle in force does not list "
                  + self
                  + "; the agency must join the federation first"));
    }
    if (!problems.isEmpty()) {
      return new Result.Refused<>(problems.get(0));
    }
    try {
      PairRenewal renewal =
          new PairRenewal(from.orElseThrow(), until.orElseThrow(), oldUntil.orElseThrow());
      return new Result.Done<>(
          made(
              AuditActor.client(self, client, person),
              member.get(),
              renewal,
              authority.orElse(null)));
    } catch (InvalidValue e) {
      // The member with these times added to its present pairs.
      return new Result.Refused<>(
          new Problem(Code.INVALID_FIELD, "", String.valueOf(e.getMessage())));
    }
  }

  private static Optional<Instant> second(
      String field, Timestamp timestamp, List<Problem> problems) {
    if (timestamp.equals(Timestamp.getDefaultInstance()) || !Timestamps.isValid(timestamp)) {
      problems.add(new Problem(Code.INVALID_FIELD, field, "must be a time"));
      return Optional.empty();
    }
    return Optional.of(Instant.ofEpochSecond(timestamp.getSeconds()));
  }

  /** The next CA, if one is named. */
  private Optional<AuthorityCertificate> authority(ByteString der, List<Problem> problems) {
    if (der.isEmpty()) {
      return Optional.empty();
    }
    try {
      AuthorityCertificate named = AuthorityCertificate.parse(der.toByteArray());
      if (named.validAt(clock.instant())) {
        return Optional.of(named);
      }
      CertificateValidity validity = CertificateValidity.of(named.x509());
      problems.add(
          new Problem(
              Code.INVALID_FIELD,
              "authority",
              "the CA certificate is valid from %s until %s, not now"
                  .formatted(validity.from(), validity.until())));
    } catch (InvalidValue e) {
      problems.add(new Problem(Code.INVALID_FIELD, "authority", String.valueOf(e.getMessage())));
    }
    return Optional.empty();
  }

  private RenewKeysResponse made(
      AuditActor actor,
      Member member,
      PairRenewal renewal,
      @Nullable AuthorityCertificate authority) {
    SigningPair signing = agency.pairs.next(member.signing());
    SigningPair checkpoints = audit.pairs.next(member.audit());
    Instant now = clock.instant();
    JoinRequest request =
        new JoinRequest(
            bundle.get().federation(),
            now.truncatedTo(ChronoUnit.SECONDS),
            held(
                renewal.of(
                    now, member, signing.verifyingPair(), checkpoints.verifyingPair(), authority)));
    Map<String, SigningPair> pairs = new HashMap<>();
    agency.pairs.all().forEach(pair -> pairs.put(pair.verifyingPair().id(), pair));
    audit.pairs.all().forEach(pair -> pairs.put(pair.verifyingPair().id(), pair));
    RenewKeysResponse response =
        RenewKeysResponse.newBuilder()
            .setRequest(ByteString.copyFrom(request.sign(pairs)))
            .setFingerprint(request.fingerprint().toString())
            .build();
    record(
        AuditRecord.of(
                AuditType.OPERATOR_ACTION,
                LawCategory.NONE,
                clock.instant(),
                actor,
                AuditSubject.NODE)
            .saying(
                "requests pairs %s and %s from %s on"
                        .formatted(
                            signing.verifyingPair().id(),
                            checkpoints.verifyingPair().id(),
                            renewal.from())
                    + (authority == null ? "" : ", and CA " + authority.fingerprint().hex())));
    return response;
  }

  /**
   * The member without pairs that this node does not hold; the admission of the request keeps
   * those.
   */
  private Member held(Member member) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        member.authorities(),
        held(member.signing(), agency),
        held(member.audit(), audit),
        member.endpoints(),
        member.via(),
        member.revoked());
  }

  private static List<AgencyKey> held(List<AgencyKey> keys, Use use) {
    List<String> ids = use.pairs.verifying().stream().map(pair -> pair.id()).toList();
    return keys.stream().filter(key -> ids.contains(key.id())).toList();
  }

  @Override
  public ShowKeysResponse show() {
    TrustBundle current = bundle.get();
    return ShowKeysResponse.newBuilder()
        .setBundleVersion(current.version())
        .addAllPairs(states(agency))
        .addAllPairs(states(audit))
        .addAllAgencies(agencies())
        .build();
  }

  private List<FulfilmentState> agencies() {
    Policy current = policy.get();
    return Stream.concat(
            Stream.of(self),
            current.membership().agencies().stream().filter(other -> !other.equals(self)))
        .map(agency -> ExplanationMapper.fulfilment(agency, current.fulfilments().of(agency)))
        .toList();
  }

  private synchronized List<PairState> states(Use use) {
    Map<String, PairState.Builder> states = new LinkedHashMap<>();
    use.pairs.verifying().forEach(pair -> state(states, use, pair.id()).setHeld(true));
    for (AgencyKey key : use.listed(member())) {
      state(states, use, key.id())
          .setNotBefore(Timestamps.fromMillis(key.notBefore().toEpochMilli()))
          .setNotAfter(Timestamps.fromMillis(key.notAfter().toEpochMilli()));
    }
    return states.values().stream().map(PairState.Builder::build).toList();
  }

  private static PairState.Builder state(
      Map<String, PairState.Builder> states, Use use, String id) {
    return states.computeIfAbsent(
        id,
        each ->
            PairState.newBuilder().setUse(use.use).setId(id).setInForce(id.equals(use.inForce)));
  }

  /** Signs with other pairs if the trust bundle says so now. */
  public synchronized void follow() {
    follow(agency);
    follow(audit);
  }

  private void follow(Use use) {
    VerifyingPair pair = use.pairs.verifyingInForce(use.listed(member()));
    String id = pair.id();
    if (!id.equals(use.inForce)) {
      use.signers.accept(use.pairs.signing(pair));
      record(
          AuditRecord.ofNode(
              AuditType.TRUST_CHANGE,
              clock.instant(),
              AuditActor.gateway(self),
              "signs " + use.name() + " with pair " + id));
      // Last: a change that fails midway is tried again at the next call.
      use.inForce = id;
    }
  }

  /** Destroys replaced pairs that are no longer valid; returns their ids. */
  public synchronized List<String> destroyReplaced(Instant now) {
    List<String> gone = new ArrayList<>(agency.pairs.destroyReplaced(agency.listed(member()), now));
    gone.addAll(audit.pairs.destroyReplaced(audit.listed(member()), now));
    return gone;
  }

  private void record(AuditRecord record) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.audit(record);
          return record;
        });
  }
}
