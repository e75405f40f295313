package org.entente.gateway.feature.ipr;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.v1.OnBehalfOf;

/**
 * The collaborators of officers' and rights holders' calls.
 *
 * @param self this agency
 * @param ledger the stored records
 * @param atRest seals records at rest
 * @param check checks persons
 * @param clock the clock
 * @param random source of ids
 */
public record IprParts(
    AgencyName self,
    Ledger ledger,
    RecordSeal atRest,
    LabelCheck check,
    InstantSource clock,
    RandomGenerator random) {

  /** Why a person may not decide or read for the authority; empty if the person may. */
  Optional<Problem> decision(OnBehalfOf person) {
    return check.decision(person);
  }

  /** Why a person may not act for the rights holder; empty if the person may. */
  Optional<Problem> holder(OnBehalfOf person) {
    return check
        .person(person)
        .or(
            () ->
                person.getOfficer().isBlank()
                    ? Optional.of(
                        new Problem(
                            Code.INVALID_FIELD,
                            "on_behalf_of.officer",
                            "must name the person who reads or answers"))
                    : Optional.empty());
  }

  /** An id of 16 bytes; empty for anything else. */
  static Optional<MessageId> id(ByteString bytes) {
    return bytes.size() == MessageId.SIZE
        ? Optional.of(IprProtoMapper.id(bytes))
        : Optional.empty();
  }

  /**
   * The id in a request that may be carried out.
   *
   * @param problem what else is wrong with the request; empty if nothing
   * @param field the id's field
   * @param id the id; empty if it does not have 16 bytes
   */
  static Result<MessageId> admitted(
      Optional<Problem> problem, String field, Optional<MessageId> id) {
    return Result.unless(problem, () -> Result.of(id, () -> noId(field)));
  }

  static Problem noId(String field) {
    return new Problem(Code.INVALID_FIELD, field, "must have 16 bytes");
  }

  /** Writes a leaf about recordations or cases. */
  void record(
      Transaction tx,
      AuditType type,
      LawCategory category,
      NodeName client,
      OnBehalfOf person,
      List<MessageId> ids,
      String words) {
    tx.audit(
        AuditRecord.of(
                type,
                category,
                Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.client(self, client, person),
                new AuditSubject(null, ids, List.of(), null))
            .saying(words));
  }
}
