package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.ConsentText;
import org.entente.gateway.cli.text.EnumParser;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.cli.text.TimeWord;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.AskConsentRequest;
import org.entente.proto.v1.AskConsentResponse;
import org.entente.proto.v1.ConsentEntry;
import org.entente.proto.v1.ConsentGrpc;
import org.entente.proto.v1.ConsentGrpc.ConsentBlockingStub;
import org.entente.proto.v1.ConsentSide;
import org.entente.proto.v1.ConsentTerms;
import org.entente.proto.v1.DenyConsentRequest;
import org.entente.proto.v1.GrantConsentRequest;
import org.entente.proto.v1.ListConsentsRequest;
import org.entente.proto.v1.ListConsentsResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RevokeConsentRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The originator's consent to passing on: ask, list, grant, deny, revoke. */
@Command(
    name = "consent",
    description = {
      "Asks the originator of received messages whether they may be passed on; lists, grants, denies and revokes.",
      "The client needs the scope `consent`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      ConsentCommand.Ask.class,
      ConsentCommand.ListConsents.class,
      ConsentCommand.Grant.class,
      ConsentCommand.Deny.class,
      ConsentCommand.Revoke.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente consent ask 0197…3f --to us.cbp --days 30 --reason 'seizure in Newark' \\",
      "      --officer DE-7 --justification 'case 4 Js 12/26' --gateway … --credentials …",
      "  entente consent list --gateway … --credentials …",
      "  entente consent grant 0197…a1 --days 7 --officer FR-118 --justification 'art. 12' \\",
      "      --gateway … --credentials …"
    })
public final class ConsentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }

  private static ConsentBlockingStub stub(ManagedChannel channel) {
    return ConsentGrpc.newBlockingStub(channel);
  }

  /** To whom, for what and until when. */
  static final class Terms {
    @Option(
        names = "--to",
        paramLabel = "AGENCY",
        description = "agency that it may be passed on to; may be repeated")
    private List<String> agencies = List.of();

    @Option(
        names = "--in",
        paramLabel = "JURISDICTION",
        description =
            "jurisdiction (such as US) whose agencies it may be passed on to; may be repeated")
    private List<String> jurisdictions = List.of();

    @Option(
        names = "--purpose",
        paramLabel = "PURPOSE",
        description = "for this purpose, such as CUSTOMS_CONTROL; may be repeated")
    private List<String> purposes = List.of();

    @Option(names = "--until", paramLabel = "TIME", description = "until a date or time (UTC)")
    private @Nullable String until;

    @Option(names = "--days", description = "until so many days from now, instead of --until")
    private int days;

    List<Purpose> purposes() {
      return purposes.stream().map(word -> EnumParser.of(Purpose.class, "PURPOSE_", word)).toList();
    }

    /** Null if nothing was said. */
    @Nullable Timestamp until() {
      if (until != null) {
        return TimeWord.of("--until", until);
      }
      return days > 0
          ? Timestamps.add(
              Timestamps.fromMillis(Instant.now().toEpochMilli()), Durations.fromDays(days))
          : null;
    }
  }

  /** Who decides, and why. */
  static final class Decider {
    @Mixin private PersonOptions person = new PersonOptions();

    @Option(names = "--justification", required = true, description = "why; recorded, not told")
    private String justification = "";

    OnBehalfOf named() {
      return person.because(justification);
    }
  }

  /** Asks the originator. */
  @Command(
      name = "ask",
      description = {
        "Asks the originator of received messages whether they may be passed on; prints the consent's id.",
        "Without --purpose it asks for those for which they came."
      },
      mixinStandardHelpOptions = true)
  static final class Ask extends ClientCall {
    @Parameters(
        paramLabel = "MESSAGE",
        arity = "1..*",
        description = "ids of messages of one originator, 32 hex digits each")
    private List<String> ids = List.of();

    @Mixin private Terms terms = new Terms();

    @Option(names = "--reason", required = true, description = "why; told to the originator")
    private String reason = "";

    @Mixin private Decider decider = new Decider();

    @Override
    public int with(ManagedChannel channel) {
      AskConsentRequest.Builder request =
          AskConsentRequest.newBuilder()
              .addAllMessageIds(messages())
              .addAllAgencies(terms.agencies)
              .addAllJurisdictions(terms.jurisdictions)
              .addAllPurposes(terms.purposes())
              .setReason(reason)
              .setOnBehalfOf(decider.named());
      Timestamp until = terms.until();
      if (until != null) {
        request.setUntil(until);
      }
      AskConsentResponse asked = stub(channel).askConsent(request.build());
      out().println(MessageText.hex(asked.getConsentId()) + "  asked of " + asked.getOriginator());
      return 0;
    }

    private List<ByteString> messages() {
      List<ByteString> out = new ArrayList<>();
      for (String id : ids) {
        try {
          out.add(ByteString.copyFrom(MessageId.parse(id).bytes()));
        } catch (InvalidValue e) {
          throw new UsageError("MESSAGE: " + e.getMessage(), e);
        }
      }
      return out;
    }
  }

  /** What is asked and granted. */
  @Command(
      name = "list",
      description = "Lists what others ask of this agency and what it granted, oldest first.",
      mixinStandardHelpOptions = true)
  static final class ListConsents extends ClientCall {
    @Option(names = "--asked-by-us", description = "what this agency asks of others instead")
    private boolean own;

    @Option(names = "--all", description = "also what was denied, revoked or is over")
    private boolean all;

    @Option(names = "--json", description = "print each as one JSON object a line")
    private boolean json;

    @Override
    public int with(ManagedChannel channel) {
      ConsentBlockingStub stub = stub(channel);
      ListConsentsRequest.Builder request =
          ListConsentsRequest.newBuilder()
              .setSide(own ? ConsentSide.CONSENT_SIDE_ASKER : ConsentSide.CONSENT_SIDE_ORIGINATOR)
              .setEndedToo(all);
      boolean more = true;
      int listed = 0;
      while (more) {
        ListConsentsResponse page = stub.listConsents(request.build());
        for (ConsentEntry entry : page.getConsentsList()) {
          out().println(json ? JsonText.of(entry) : TerminalText.printable(ConsentText.of(entry)));
          request.setAfter(entry.getConsentId());
        }
        listed += page.getConsentsCount();
        more = page.getMore();
      }
      if (listed == 0) {
        err().println("no consents");
        err().flush();
      }
      return 0;
    }
  }

  /** What concerns one consent. */
  private abstract static class ConsentCall extends ClientCall {
    @Parameters(paramLabel = "CONSENT", description = "id of the consent, 32 hex digits")
    private String id = "";

    @Mixin private Decider decider = new Decider();

    ByteString id() {
      try {
        return ByteString.copyFrom(MessageId.parse(id).bytes());
      } catch (InvalidValue e) {
        throw new UsageError("CONSENT: " + e.getMessage(), e);
      }
    }

    OnBehalfOf person() {
      return decider.named();
    }
  }

  /** Consents. */
  @Command(
      name = "grant",
      description = {
        "Consents to what was asked; with --to, --in, --purpose, --until or --days to that part of it only.",
        "The grant is signed by the gateway and sent to who asked."
      },
      mixinStandardHelpOptions = true)
  static final class Grant extends ConsentCall {
    @Mixin private Terms terms = new Terms();

    @Override
    public int with(ManagedChannel channel) {
      GrantConsentRequest.Builder request =
          GrantConsentRequest.newBuilder()
              .setConsentId(id())
              .addAllAgencies(terms.agencies)
              .addAllJurisdictions(terms.jurisdictions)
              .addAllPurposes(terms.purposes())
              .setOnBehalfOf(person());
      Timestamp until = terms.until();
      if (until != null) {
        request.setUntil(until);
      }
      ConsentTerms granted = stub(channel).grantConsent(request.build()).getGranted();
      out().println(TerminalText.printable("granted " + ConsentText.of(granted)));
      return 0;
    }
  }

  /** Does not consent. */
  @Command(
      name = "deny",
      description = "Does not consent; who asked is told why.",
      mixinStandardHelpOptions = true)
  static final class Deny extends ConsentCall {
    @Option(names = "--reason", required = true, description = "why; told to who asked")
    private String reason = "";

    @Override
    public int with(ManagedChannel channel) {
      Timestamp at =
          stub(channel)
              .denyConsent(
                  DenyConsentRequest.newBuilder()
                      .setConsentId(id())
                      .setReason(reason)
                      .setOnBehalfOf(person())
                      .build())
              .getDeniedAt();
      out().println("denied at " + Timestamps.toString(at));
      return 0;
    }
  }

  /** Takes a consent back. */
  @Command(
      name = "revoke",
      description = {
        "Takes a consent back: nothing is passed on under it once that has arrived.",
        "What was passed on before stays where it is; a recall is another thing."
      },
      mixinStandardHelpOptions = true)
  static final class Revoke extends ConsentCall {
    @Option(names = "--reason", required = true, description = "why; told to who has the consent")
    private String reason = "";

    @Override
    public int with(ManagedChannel channel) {
      Timestamp at =
          stub(channel)
              .revokeConsent(
                  RevokeConsentRequest.newBuilder()
                      .setConsentId(id())
                      .setReason(reason)
                      .setOnBehalfOf(person())
                      .build())
              .getRevokedAt();
      out().println("revoked at " + Timestamps.toString(at));
      return 0;
    }
  }
}
