package org.entente.gateway.policy.analysis;

import com.google.protobuf.ProtocolMessageEnum;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.entente.gateway.cel.Compilation;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.codes.Wording;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.Law;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Party;
import org.entente.gateway.trust.AgencyKind;
import org.entente.proto.v1.Kind;

/**
 * An agreement in articles of plain English, for people who sign it: all that gateways enforce of
 * it, and nothing else. A condition that has no words refuses the whole. Pure.
 */
public final class AgreementProse {
  private final Agreement agreement;
  private final CodeLists codes;
  private final Membership membership;

  private AgreementProse(Agreement agreement, CodeLists codes, Membership membership) {
    this.agreement = agreement;
    this.codes = codes;
    this.membership = membership;
  }

  /**
   * An article.
   *
   * @param clauses numbered by their order, from 1
   */
  public record Article(String title, List<Clause> clauses) {
    public Article {
      clauses = List.copyOf(clauses);
    }
  }

  /**
   * A clause of an article.
   *
   * @param text one sentence or more; ends in a colon if items follow
   * @param items lettered by their order, from a; may be empty
   */
  public record Clause(String text, List<String> items) {
    public Clause {
      items = List.copyOf(items);
    }

    private Clause(String text) {
      this(text, List.of());
    }
  }

  /**
   * The articles, numbered by their order from 1; or the part of the condition that has no words.
   *
   * @param codes the lists with the meanings of codes
   * @param membership the members, of which one article names those that are parties
   */
  public static Compilation<List<Article>> of(
      Agreement agreement, CodeLists codes, Membership membership) {
    AgreementProse prose = new AgreementProse(agreement, codes, membership);
    Optional<Condition> condition = agreement.covers().condition();
    if (condition.isEmpty()) {
      return new Compilation.Compiled<>(
          prose.articles(new Clause("There is no further condition.")));
    }
    return condition
        .get()
        .prose()
        .map(words -> prose.articles(conditional(words, condition.get().source())));
  }

  /** Who signs: the parties, in words. */
  public static List<String> signatories(Agreement agreement) {
    List<Party> all = new ArrayList<>(agreement.parties().from());
    if (!agreement.parties().isBothWays()) {
      all.addAll(agreement.parties().to());
    }
    return all.stream().map(AgreementProse::named).distinct().toList();
  }

  private static Clause conditional(String words, String source) {
    return new Clause(
        "A message is shared only if this holds: "
            + words
            + ". The file states it as the expression: "
            + source.strip().replaceAll("\\s+", " "));
  }

  private List<Article> articles(Clause condition) {
    return List.of(
        new Article("Legal basis", law()),
        new Article("Parties", parties()),
        new Article("What may be shared", covers()),
        new Article("Further condition", List.of(condition)),
        new Article("What is withheld", withheld()),
        new Article("Obligations", obligations()),
        new Article("Validity", validity()),
        new Article("Effect", effect()));
  }

  // Legal basis --------------------------------------------------------------------------------

  private List<Clause> law() {
    Law law = agreement.law();
    String instrument =
        switch (law.instrument()) {
          case TREATY -> "a treaty or another international agreement";
          case EU_ACT -> "an act of the European Union";
          case NATIONAL_LAW -> "a statute of the sender's state";
          case MOU -> "a memorandum of understanding";
          case COURT_ORDER -> "an order of a court";
        };
    String regime =
        switch (law.regime()) {
          case ADMINISTRATIVE -> "as administrative assistance";
          case CRIMINAL ->
              "under the law on the prevention, investigation and prosecution of criminal offences";
        };
    return List.of(
        new Clause(
            "Sharing rests on " + instrument + ", which the file names:",
            List.of(law.reference().strip())),
        new Clause("Information is handled " + regime + "."),
        new Clause(law.basis().map(this::transfer).orElse("No basis of transfer is stated.")),
        new Clause(
            law.allowsPurposeChange()
                ? "Police authorities may use what customs authorities collected."
                : "What customs authorities collected does not go to police authorities: messages"
                    + " from customs to police are refused."));
  }

  private String transfer(Law.TransferBasis basis) {
    return switch (basis) {
      case ADEQUACY ->
          "Personal data leave the sender's legal order on the basis of an adequacy decision"
              + " (Directive (EU) 2016/680, article 36).";
      case SAFEGUARDS ->
          "Personal data leave the sender's legal order subject to appropriate safeguards"
              + " (Directive (EU) 2016/680, article 37).";
      case DEROGATION ->
          "Personal data leave the sender's legal order by a derogation for specific situations"
              + " (Directive (EU) 2016/680, article 38).";
      case INTERNAL ->
          "Personal data stay in one legal order."
              + (agreement.parties().areNamed()
                  ? " Personal data between two agencies that are not in one legal order are"
                      + " refused."
                  : "");
    };
  }

  // Parties ------------------------------------------------------------------------------------

  private List<Clause> parties() {
    List<Clause> clauses = new ArrayList<>();
    if (agreement.parties().isBothWays()) {
      clauses.add(new Clause("The parties are:", described(agreement.parties().from())));
      clauses.add(
          new Clause(
              "An agency of one party may send to the agencies of the other parties. Agencies of"
                  + " one party do not send to each other under this agreement, except where"
                  + " clause 2.1 says so, or where one of them is in another party too: an agency"
                  + " that is in several parties may send and receive as each of them."));
    } else {
      clauses.add(new Clause("These send:", described(agreement.parties().from())));
      clauses.add(new Clause("These receive:", described(agreement.parties().to())));
      clauses.add(new Clause("Nothing is sent in the other direction."));
    }
    clauses.add(
        new Clause(
            "The trust bundle of the federation decides which agencies are members, of which kind"
                + " and of which group. By the bundle in force when this text was made, these"
                + " members are parties:",
            members()));
    return clauses;
  }

  private List<String> members() {
    List<Party> all = new ArrayList<>(agreement.parties().from());
    all.addAll(agreement.parties().to());
    List<String> members =
        all.stream()
            .flatMap(party -> party.resolve(membership).stream())
            .distinct()
            .sorted(Comparator.naturalOrder())
            .map(AgencyName::value)
            .toList();
    return members.isEmpty() ? List.of("none") : members;
  }

  private List<String> described(List<Party> parties) {
    boolean both = agreement.parties().isBothWays();
    return parties.stream()
        .map(
            party ->
                named(party)
                    + (both && party.among() ? "; its agencies also send to each other" : ""))
        .toList();
  }

  private static String named(Party party) {
    AgencyName agency = party.agency();
    String who = "every member of the federation";
    if (agency != null) {
      who = "the agency " + agency;
    } else if (party.jurisdiction() != null) {
      who = "every member of the jurisdiction " + party.jurisdiction();
    } else if (party.group() != null) {
      who = "every member of the group " + party.group();
    }
    List<AgencyKind> kinds = party.authorities();
    return kinds == null || kinds.isEmpty()
        ? who
        : who
            + " that is an authority of the kind "
            + kinds.stream()
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" or "));
  }

  // What may be shared -------------------------------------------------------------------------

  private List<Clause> covers() {
    Agreement.Covers covers = agreement.covers();
    List<Clause> clauses = new ArrayList<>();
    clauses.add(new Clause("Messages of these kinds are shared:", all("kind", covers.kinds())));
    clauses.add(
        new Clause("They are about this subject matter:", all("category", covers.categories())));
    clauses.add(
        new Clause(
            "Each states one of these purposes, for which the recipient may use it:",
            all("purpose", covers.purposes())));
    clauses.add(
        new Clause(
            "It is classified at most "
                + meaning("classification", covers.ceiling())
                + ". A message without a classification is refused."));
    clauses.add(
        covers.handling().isEmpty()
            ? new Clause("A message with a handling code is refused.")
            : new Clause(
                "It may carry these handling codes and no others:",
                all("handling", covers.handling())));
    clauses.add(
        new Clause(
            covers.personalData()
                ? "It may contain personal data."
                : "A message with personal data is refused."));
    clauses.add(
        new Clause(
            String.format(
                Locale.ROOT,
                "Its body has at most %,d bytes.",
                agreement.obligations().maxMessageBytes())));
    return clauses;
  }

  private List<String> all(String list, Collection<? extends ProtocolMessageEnum> values) {
    return values.stream()
        .sorted(Comparator.comparingInt(ProtocolMessageEnum::getNumber))
        .map(value -> meaning(list, value))
        .toList();
  }

  /** A code with its meaning, if the lists have one. */
  private String meaning(String list, ProtocolMessageEnum value) {
    String word = EnumNames.word(value);
    return codes.entries().stream()
        .filter(entry -> entry.list().equals(list) && entry.code().equals(word))
        .flatMap(entry -> Optional.ofNullable(entry.meaning()).stream())
        .map(Wording::en)
        .findFirst()
        .map(text -> word + " (" + text + ")")
        .orElse(word);
  }

  // What binds ---------------------------------------------------------------------------------

  private List<Clause> withheld() {
    if (agreement.redactions().isNone()) {
      return List.of(new Clause("Nothing is withheld from recipients."));
    }
    List<Clause> clauses = new ArrayList<>();
    clauses.add(
        new Clause(
            "The sender's gateway removes these fields before it sends a message, and the label"
                + " names them:",
            agreement.redactions().fieldsInWords()));
    clauses.add(
        new Clause(
            "Only these fields are removed. What they say can also stand in a text or an attachment"
                + " that is sent."));
    List<Kind> whole =
        agreement.covers().kinds().stream()
            .filter(kind -> !agreement.redactions().isOfBodies(kind))
            .toList();
    if (!whole.isEmpty()) {
      clauses.add(
          new Clause(
              "Nothing is withheld from the bodies of messages of these kinds:",
              all("kind", whole)));
    }
    if (agreement.redactions().isOfBodies()) {
      clauses.add(
          new Clause(
              "A message from which a field of the body cannot be removed, such as a document, is"
                  + " refused."));
    }
    return clauses;
  }

  private List<Clause> obligations() {
    Agreement.Obligations it = agreement.obligations();
    String onward =
        switch (it.onwardTransfer()) {
          case NONE -> "The recipient passes nothing on.";
          case WITH_CONSENT ->
              "The recipient passes content on only with the originator's consent.";
          case WITHIN_PARTIES ->
              "The recipient passes content on only to parties of this agreement.";
        };
    return List.of(
        new Clause(
            "The recipient's gateway keeps the content for at most "
                + days(it.retentionDays())
                + " (UTC) after the day on which it received the message. Then it destroys the key,"
                + " and no copy in the gateway can be read any more. A legal hold that an officer"
                + " of the recipient places keeps the content longer."),
        new Clause(onward),
        new Clause(
            it.noExport()
                ? "The recipient's programs do not copy the content into other systems, such as a"
                    + " message broker."
                : "The recipient may copy the content into its own systems. It erases these copies"
                    + " itself within the time of clause 6.1: no gateway does so."),
        new Clause(
            it.fourEyes()
                ? "Each message waits until a second officer of the sender releases it."
                : "No second officer needs to release a message."),
        new Clause(
            it.personRequired()
                ? "Each message and each recall names the officer who sends it and the reason. The"
                    + " sender's audit log keeps both."
                : "The sender need not name the officer who sends a message."),
        new Clause(
            "A message expires if it has not reached the recipient's gateway "
                + days(it.deliverWithinDays())
                + " after the sender's gateway accepted it."));
  }

  private static String days(int days) {
    return days + (days == 1 ? " day" : " days");
  }

  private List<Clause> validity() {
    Agreement.Validity it = agreement.validity();
    return List.of(
        new Clause("This agreement is in force from the beginning of " + it.from() + " (UTC)."),
        new Clause(
            it.until() == null
                ? "It has no end."
                : "It ends with the end of " + it.until() + " (UTC)."));
  }

  private static List<Clause> effect() {
    return List.of(
        new Clause(
            "The gateways of sender and recipient both check each message. A message is shared"
                + " under this agreement only if all its articles permit it."),
        new Clause(
            "The rules of an agency's own gateway may refuse more. They permit nothing that this"
                + " agreement does not permit."));
  }
}
