package org.entente.gateway.policy.load;

import com.google.protobuf.Descriptors.EnumDescriptor;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.policy.check.LabelFieldCheck;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.codes.FileLint;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.AgreementFile;
import org.entente.gateway.policy.terms.Coverage;
import org.entente.gateway.policy.terms.Law.Instrument;
import org.entente.gateway.policy.terms.Law.Regime;
import org.entente.gateway.policy.terms.Law.TransferBasis;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Party;
import org.entente.gateway.policy.terms.Redactions;
import org.entente.gateway.trust.AgencyKind;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Purpose;
import org.jspecify.annotations.Nullable;

/** Converts an agreement file to an {@link Agreement}, or reports every problem in it. */
public final class AgreementLint {
  /** Kinds that need an agreement, as written in its written. */
  private static final String SHARED = EnumNames.words(LabelSpace.KINDS);

  /** Kinds that need none, in the order in which they are reported. */
  private static final Map<Kind, String> BY_THEMSELVES =
      new TreeMap<>(
          Map.of(
              Kind.KIND_EVIDENCE, "evidence needs no agreement",
              Kind.KIND_RECALL, "a recall needs no agreement",
              Kind.KIND_RESPONDERS, "it follows from REQUEST",
              Kind.KIND_ROSTER, "a roster goes where OPERATION is covered",
              Kind.KIND_CONSENT, "a consent needs no agreement",
              Kind.KIND_CHARGE, "an assignment needs no agreement"));

  /** Days before its end from which an agreement causes a warning. */
  private static final int SOON = 30;

  /** Days ahead of which a beginning is probably the template's, or a slip. */
  private static final int FAR = 366;

  /** The reference that {@code entente policy new} writes. */
  private static final String TO_COMPLETE = "to be completed";

  private static final int DEFAULT_DELIVERY_DAYS = 30;

  private final AgreementFile written;
  private final FileLint file;
  private final Membership membership;

  public AgreementLint(AgreementFile written, FileLint file, Membership membership) {
    this.written = written;
    this.file = file;
    this.membership = membership;
  }

  /**
   * The agreement; empty if it has a problem.
   *
   * @param codes null if they are unknown: then what is compared with them is not checked
   */
  public Optional<Agreement> lint(
      ExpressionCompiler expressions, @Nullable CodeLists codes, Instant now) {
    int before = file.problems();
    names();
    Agreement.Covers covers = covers(expressions, codes);
    Agreement.Parties parties = new PartiesLint(file, membership).lint(written.between());
    Agreement.Obligations obligations = obligations();
    Redactions redactions = new RedactionsLint(file).lint(written.redactions(), covers);
    Agreement.Validity validity = validity(now);
    law();
    if (file.problems() > before) {
      return Optional.empty();
    }
    Agreement agreement =
        new Agreement(
            written.id(),
            written.title(),
            written.law(),
            parties,
            covers,
            obligations,
            redactions,
            validity);
    changeOfPurpose(agreement);
    return file.problems() > before ? Optional.empty() : Optional.of(agreement);
  }

  private void names() {
    boolean form = LabelFieldCheck.AGREEMENT_ID.matcher(written.id()).matches();
    if (!form || FixedLabels.AGREEMENTS.contains(written.id())) {
      file.wrong(
          "id",
          "\"" + InvalidValue.printable(written.id()) + "\"",
          "1 to 64 characters of a-z 0-9 and -, none of "
              + String.join(", ", new TreeSet<>(FixedLabels.AGREEMENTS)));
    }
    file.text("title", written.title(), 200);
    if (written.title().equals(written.id())) {
      file.warn(
          "title",
          "\"" + InvalidValue.printable(written.title()) + "\", as the id",
          "a title by which people know the agreement");
    }
    file.text("law.reference", written.law().reference(), 500);
    if (written.law().reference().equals(TO_COMPLETE)) {
      file.warn("law.reference", TO_COMPLETE, "the citation: act, articles, date");
    }
  }

  private void law() {
    boolean personal = Boolean.TRUE.equals(written.covers().personalData());
    Optional<TransferBasis> basis = written.law().basis();
    if (personal && written.law().instrument() == Instrument.MOU) {
      file.wrong(
          "covers.personal_data",
          "personal data under a memorandum of understanding alone",
          "false, or an instrument that binds in law: TREATY, EU_ACT, NATIONAL_LAW, COURT_ORDER");
    }
    if (personal && basis.isEmpty()) {
      file.wrong(
          "law.transfer_basis",
          "personal data without a basis of transfer",
          "one of ADEQUACY, SAFEGUARDS, DEROGATION, INTERNAL");
    }
    if (basis.equals(Optional.of(TransferBasis.INTERNAL))) {
      legalOrder();
    }
    if (personal
        && basis.equals(Optional.of(TransferBasis.DEROGATION))
        && !Boolean.TRUE.equals(written.obligations().personRequired())) {
      file.warn(
          "law.transfer_basis",
          "DEROGATION without a required person and justification",
          "obligations.person_required: true, since the justification of such a transfer "
              + "must be documented (Directive (EU) 2016/680, article 38(3))");
    }
    boolean investigates =
        written
            .covers()
            .purposes()
            .contains(EnumNames.word(Purpose.PURPOSE_CRIMINAL_INVESTIGATION));
    if (investigates && written.law().regime() != Regime.CRIMINAL) {
      file.wrong(
          "law.regime",
          "CRIMINAL_INVESTIGATION under administrative assistance",
          "regime CRIMINAL, or other purposes");
    }
  }

  /**
   * Requires that personal data stay in one legal order: that of one group or jurisdiction, of
   * named agencies of one state, or of the Union between members that one of its acts binds. Of
   * named agencies only the trust bundle tells.
   */
  private void legalOrder() {
    List<Party> both = written.between().parties();
    List<Party> parties = both == null ? List.of() : both;
    if (parties.size() == 1
        && (parties.get(0).group() != null || parties.get(0).jurisdiction() != null)) {
      return;
    }
    String wrong = "INTERNAL between parties of several legal orders";
    String valid =
        "one group or jurisdiction as the only party, agencies of one state, or an EU_ACT between"
            + " agencies of the group EU; otherwise ADEQUACY, SAFEGUARDS, DEROGATION";
    List<AgencyName> agencies =
        parties.stream().map(Party::agency).filter(Objects::nonNull).toList();
    if (agencies.size() < Math.max(2, parties.size())) {
      file.wrong("law.transfer_basis", wrong, valid);
    } else if (!agencies.stream().allMatch(one -> inOneOrder(one, agencies))) {
      file.ofMembers("law.transfer_basis", wrong, valid);
    }
  }

  private boolean inOneOrder(AgencyName one, List<AgencyName> others) {
    return others.stream().allMatch(other -> written.law().inOneOrder(one, other, membership));
  }

  private Agreement.Covers covers(ExpressionCompiler expressions, @Nullable CodeLists codes) {
    AgreementFile.Covers it = written.covers();
    Set<Kind> kinds = words("covers.kinds", it.kinds(), Kind.getDescriptor(), Kind::forNumber);
    BY_THEMSELVES.forEach(
        (kind, why) -> {
          if (kinds.contains(kind)) {
            file.wrong("covers.kinds", EnumNames.word(kind), SHARED + "; " + why);
          }
        });
    List<String> handling = it.handling() == null ? List.of() : it.handling();
    Set<Classification> ceiling =
        words(
            "covers.classification_ceiling",
            List.of(it.classificationCeiling()),
            Classification.getDescriptor(),
            Classification::forNumber);
    return new Agreement.Covers(
        kinds,
        words("covers.categories", it.categories(), Category.getDescriptor(), Category::forNumber),
        words("covers.purposes", it.purposes(), Purpose.getDescriptor(), Purpose::forNumber),
        ceiling.stream().findFirst().orElse(Classification.CLASSIFICATION_UNCLASSIFIED),
        handling.isEmpty()
            ? Set.of()
            : words("covers.handling", handling, Handling.getDescriptor(), Handling::forNumber),
        Boolean.TRUE.equals(it.personalData()),
        condition(expressions, codes));
  }

  private @Nullable Condition condition(ExpressionCompiler expressions, @Nullable CodeLists codes) {
    String source = written.covers().condition();
    if (source == null) {
      return null;
    }
    Optional<Condition> condition = file.condition(expressions, codes, "covers.condition", source);
    return condition.orElse(null);
  }

  private <E> Set<E> words(
      String field, List<String> words, EnumDescriptor type, IntFunction<E> byNumber) {
    Set<E> values = new LinkedHashSet<>();
    if (words.isEmpty()) {
      file.wrong(field, "an empty list", "one or more of " + EnumNames.all(type));
    }
    for (int i = 0; i < words.size(); i++) {
      String place =
          words.size() == 1 && !file.positions().has(field + "[0]") ? field : field + "[" + i + "]";
      String word = words.get(i) == null ? "nothing" : words.get(i);
      var value = EnumNames.parse(type, word);
      if (value.isEmpty()) {
        file.wrong(
            place,
            "\"" + InvalidValue.printable(word) + "\"",
            NameSuggestion.oneOf(word, EnumNames.names(type)));
      } else if (!values.add(byNumber.apply(value.get().getNumber()))) {
        file.wrong(place, word + " a second time", "each once");
      }
    }
    return values;
  }

  private Agreement.Obligations obligations() {
    AgreementFile.Obligations it = written.obligations();
    int retention = within("retention_days", it.retentionDays(), Agreement.MAX_RETENTION_DAYS);
    int bytes =
        it.maxMessageBytes() == null
            ? MessageLimits.DEFAULT_MAX_BODY_BYTES
            : within("max_message_bytes", it.maxMessageBytes(), AgreementFile.MAX_BODY);
    int days =
        it.deliverWithinDays() == null
            ? Math.min(DEFAULT_DELIVERY_DAYS, Math.max(1, retention))
            : within(
                "deliver_within_days", it.deliverWithinDays(), AgreementFile.MAX_DELIVERY_DAYS);
    return new Agreement.Obligations(
        retention,
        it.onwardTransfer(),
        Boolean.TRUE.equals(it.noExport()),
        Boolean.TRUE.equals(it.fourEyes()),
        Boolean.TRUE.equals(it.personRequired()),
        bytes,
        days);
  }

  private int within(String field, int value, int most) {
    if (value < 1 || value > most) {
      file.wrong("obligations." + field, Integer.toString(value), "1 to " + most);
    }
    return value;
  }

  private Agreement.Validity validity(Instant now) {
    LocalDate from = written.valid().from();
    LocalDate until = written.valid().until();
    if (until != null && until.isBefore(from)) {
      file.wrong("valid.until", until.toString(), "a day not before " + from);
    } else if (until != null && until.isBefore(LocalDate.ofInstant(now, ZoneOffset.UTC))) {
      // Only a warning: a gateway that restarts after an agreement's end must start.
      file.warn("valid.until", "ended on " + until, "a later day, or remove the file");
    } else if (until != null
        && until.isBefore(LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(SOON))) {
      file.warn(
          "valid.until",
          "ends on " + until + ", within " + SOON + " days",
          "a later day, once the parties have agreed on it");
    }
    if (from.isAfter(LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(FAR))) {
      file.warn(
          "valid.from",
          "begins on " + from + "; nothing is shared under it before",
          "an earlier day, unless the parties have agreed on this one");
    }
    return new Agreement.Validity(from, until);
  }

  private void changeOfPurpose(Agreement agreement) {
    if (agreement.law().allowsPurposeChange()) {
      return;
    }
    Coverage coverage = new Coverage(agreement, membership);
    Set<AgencyName> police = coverage.policeReachedByCustoms(membership);
    if (police.isEmpty()) {
      policeThatMayJoin(agreement.parties());
      return;
    }
    file.ofMembers(
        "law.purpose_change",
        "customs may share with police ("
            + String.join(", ", police.stream().map(Object::toString).sorted().toList())
            + "), which changes the purpose",
        "true if the instrument allows it; otherwise narrow the parties by authorities");
  }

  /** Warns of a party that would have police in it, to whom customs send, once they join. */
  private void policeThatMayJoin(Agreement.Parties parties) {
    for (int j = 0; j < parties.to().size(); j++) {
      int to = j;
      boolean customsSend =
          IntStream.range(0, parties.from().size())
              .filter(from -> parties.pairs(from, to))
              .anyMatch(from -> mayHold(parties.from().get(from), AgencyKind.CUSTOMS));
      if (customsSend && mayHold(parties.to().get(to), AgencyKind.POLICE)) {
        file.warn(
            (parties.isBothWays() ? "between.parties[" : "between.to[") + to + "]",
            parties.to().get(to).words()
                + " includes police that join later; what customs send to them is refused",
            "authorities without POLICE; or law.purpose_change: true, if the instrument allows it");
      }
    }
  }

  /** Whether authorities of a kind belong to a party now, or if they join. */
  private boolean mayHold(Party party, AgencyKind kind) {
    return party.agency() == null
        ? party.authorities() == null || party.authorities().contains(kind)
        : party.resolve(membership).stream().anyMatch(it -> membership.kind(it) == kind);
  }
}
