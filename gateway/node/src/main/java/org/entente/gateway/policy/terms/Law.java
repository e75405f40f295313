package org.entente.gateway.policy.terms;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.config.SchemaDescription;
import org.entente.gateway.model.AgencyName;
import org.jspecify.annotations.Nullable;

/**
 * The legal side of an agreement.
 *
 * @param instrument what kind of instrument it is
 * @param reference citation of the instrument
 * @param regime administrative assistance or criminal law enforcement
 * @param transferBasis on what personal data may be transferred; null where there are none
 * @param purposeChange whether the instrument allows police to use what customs collected, or null
 *     for no
 */
public record Law(
    @SchemaDescription("what kind of instrument it is") @JsonProperty(required = true)
        Instrument instrument,
    @SchemaDescription(value = "citation", longest = 500) @JsonProperty(required = true)
        String reference,
    @SchemaDescription("under which body of law information is handled")
        @JsonProperty(required = true)
        Regime regime,
    @SchemaDescription("legal basis for transferring personal data; required with personal data")
        @Nullable TransferBasis transferBasis,
    @SchemaDescription("police may use what customs collected; false if left out")
        @Nullable Boolean purposeChange) {
  /** The group whose members the Union's acts bind. */
  private static final String UNION = "EU";

  /** Kinds of legal instruments. */
  public enum Instrument {
    /** Treaty or international agreement. */
    TREATY,
    /** Regulation, directive or decision of the European Union. */
    EU_ACT,
    /** A statute of the sender's state. */
    NATIONAL_LAW,
    /** Memorandum of understanding; carries no personal data on its own. */
    MOU,
    /** Order of a court. */
    COURT_ORDER
  }

  /** Under which body of law the information is handled. */
  public enum Regime {
    /** Administrative assistance. */
    ADMINISTRATIVE,
    /** Prevention, investigation, prosecution of offences. */
    CRIMINAL
  }

  /** On what basis personal data may leave the sender's legal order (Directive 2016/680 ch. V). */
  public enum TransferBasis {
    /** Adequacy decision (art. 36). */
    ADEQUACY,
    /** Appropriate safeguards (art. 37). */
    SAFEGUARDS,
    /** Derogation for specific situations (art. 38). */
    DEROGATION,
    /** No transfer: all parties are within one legal order. */
    INTERNAL
  }

  /** The basis of transfers, if there is one. */
  public Optional<TransferBasis> basis() {
    return Optional.ofNullable(transferBasis);
  }

  /**
   * Whether two agencies are in one legal order: that of their state, or that of the Union if they
   * are its members and the instrument is one of its acts.
   */
  public boolean inOneOrder(AgencyName one, AgencyName other, Membership membership) {
    Optional<String> state = membership.jurisdiction(one);
    return (state.isPresent() && state.equals(membership.jurisdiction(other)))
        || (instrument == Instrument.EU_ACT
            && membership.agenciesIn(UNION).containsAll(List.of(one, other)));
  }

  /** Whether what customs collected may be used by police. */
  public boolean allowsPurposeChange() {
    return Boolean.TRUE.equals(purposeChange);
  }
}
