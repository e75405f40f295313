package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.text.ConsentText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.AskConsentRequest;
import org.entente.proto.v1.AskConsentResponse;
import org.entente.proto.v1.ConsentEntry;
import org.entente.proto.v1.ConsentGrpc;
import org.entente.proto.v1.ConsentGrpc.ConsentBlockingStub;
import org.entente.proto.v1.ConsentSide;
import org.entente.proto.v1.DenyConsentRequest;
import org.entente.proto.v1.DenyConsentResponse;
import org.entente.proto.v1.GrantConsentRequest;
import org.entente.proto.v1.GrantConsentResponse;
import org.entente.proto.v1.ListConsentsRequest;
import org.entente.proto.v1.ListConsentsResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RevokeConsentRequest;
import org.entente.proto.v1.RevokeConsentResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Requests, lists, grants, denies and revokes originators' consents to onward transfer. */
@Command(
    name = "consent",
    description = {
      "Requests, lists, grants, denies and revokes originators' consents to pass messages on.",
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
public final class ConsentCommand {

  private static ConsentBlockingStub stub(ManagedChannel channel) {
    return ConsentGrpc.newBlockingStub(channel);
  }

  /** Recipients, purposes and expiry of a consent. */
  static final class Terms {
    @RequestField("agencies")
    @Option(
        names = "--to",
        paramLabel = "AGENCY",
        description = "agency that it may be passed on to; may be repeated")
    private List<String> agencies = List.of();

    @RequestField("jurisdictions")
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
    private List<Purpose> purposes = List.of();

    @RequestField("until")
    @Option(names = "--until", paramLabel = "TIME", description = "until a date or time (UTC)")
    private @Nullable Timestamp until;

    @RequestField("until")
    @Option(names = "--days", description = "for this number of days from now, instead of --until")
    private int days;

    /** The expiry, or null if none was given. */
    @Nullable Timestamp until() {
      if (until != null) {
        return until;
      }
      return days > 0
          ? Timestamps.add(
              Timestamps.fromMillis(Instant.now().toEpochMilli()), Durations.fromDays(days))
          : null;
    }
  }

  /** Requests a consent. */
  @Command(
      name = "ask",
      description = {
        "Requests the originator's consent to pass received messages on; prints the consent's id.",
        "Without --purpose it requests the purposes of these messages."
      },
      mixinStandardHelpOptions = true)
  static final class Ask extends ClientCall {
    @Parameters(
        paramLabel = "MESSAGE",
        arity = "1..*",
        description = "one or more messages of one originator, 32 hex digits each")
    private List<ByteString> ids = List.of();

    @Mixin private Terms terms = new Terms();

    @Option(names = "--reason", required = true, description = "reason; sent to the originator")
    private String reason = "";

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      AskConsentRequest.Builder request =
          AskConsentRequest.newBuilder()
              .addAllMessageIds(ids)
              .addAllAgencies(terms.agencies)
              .addAllJurisdictions(terms.jurisdictions)
              .addAllPurposes(terms.purposes)
              .setReason(reason)
              .setOnBehalfOf(person.named());
      Timestamp until = terms.until();
      if (until != null) {
        request.setUntil(until);
      }
      AskConsentResponse asked = stub(channel).askConsent(request.build());
      tell(
          asked,
          MessageText.hex(asked.getConsentId()) + "  requested from " + asked.getOriginator());
    }
  }

  /** Lists requests and grants. */
  @Command(
      name = "list",
      description = "Lists consents that others requested from this agency, oldest first.",
      mixinStandardHelpOptions = true)
  static final class ListConsents extends ClientCall {
    @Option(
        names = "--asked-by-us",
        description = "list consents that this agency requested from others instead")
    private boolean own;

    @Option(names = "--all", description = "also denied, revoked and expired consents")
    private boolean all;

    private static final Columns<ConsentEntry> CONSENTS =
        Columns.<ConsentEntry>of("consent", "consents")
            .with("consent", one -> MessageText.hex(one.getConsentId()))
            .with("state", one -> EnumNames.word(one.getState()))
            .with("agency", ConsentEntry::getAgency)
            .with("asked", one -> ConsentText.of(one.getAsked()))
            .with("granted", one -> one.hasGranted() ? ConsentText.of(one.getGranted()) : "")
            .with("ended", ConsentEntry::getReason)
            .with("", one -> one.getExercise() ? "(exercise)" : "");

    @Override
    public void with(ManagedChannel channel) {
      ConsentBlockingStub stub = stub(channel);
      ListConsentsRequest.Builder request =
          ListConsentsRequest.newBuilder()
              .setSide(own ? ConsentSide.CONSENT_SIDE_ASKER : ConsentSide.CONSENT_SIDE_ORIGINATOR)
              .setEndedToo(all);
      var unused =
          list(
              CONSENTS,
              ByteString.EMPTY,
              token -> stub.listConsents(request.setPageToken(token).build()),
              ListConsentsResponse::getConsentsList,
              ListConsentsResponse::getNextPageToken);
    }
  }

  /** A call about one consent. */
  private abstract static class ConsentCall extends ClientCall {
    @Parameters(paramLabel = "CONSENT", description = "id of the consent, 32 hex digits")
    private ByteString id = ByteString.EMPTY;

    @Mixin private PersonOptions person = new PersonOptions();

    ByteString id() {
      return id;
    }

    OnBehalfOf person() {
      return person.named();
    }
  }

  /** Grants a consent. */
  @Command(
      name = "grant",
      description = {
        "Grants a consent as requested, or, with --to, --in, --purpose, --until or --days, a part"
            + " of it.",
        "The gateway signs the grant and sends it to the requester."
      },
      mixinStandardHelpOptions = true)
  static final class Grant extends ConsentCall {
    @Mixin private Terms terms = new Terms();

    @Override
    public void with(ManagedChannel channel) {
      GrantConsentRequest.Builder request =
          GrantConsentRequest.newBuilder()
              .setConsentId(id())
              .addAllAgencies(terms.agencies)
              .addAllJurisdictions(terms.jurisdictions)
              .addAllPurposes(terms.purposes)
              .setOnBehalfOf(person());
      Timestamp until = terms.until();
      if (until != null) {
        request.setUntil(until);
      }
      GrantConsentResponse answer = stub(channel).grantConsent(request.build());
      tell(answer, "granted " + ConsentText.of(answer.getGranted()));
    }
  }

  /** Denies a consent. */
  @Command(
      name = "deny",
      description = "Denies a consent. The requester is told the reason.",
      mixinStandardHelpOptions = true)
  static final class Deny extends ConsentCall {
    @Option(names = "--reason", required = true, description = "reason; sent to the requester")
    private String reason = "";

    @Override
    public void with(ManagedChannel channel) {
      DenyConsentResponse denied =
          stub(channel)
              .denyConsent(
                  DenyConsentRequest.newBuilder()
                      .setConsentId(id())
                      .setReason(reason)
                      .setOnBehalfOf(person())
                      .build());
      tell(denied, "denied at " + Timestamps.toString(denied.getDeniedAt()));
    }
  }

  /** Revokes a consent. */
  @Command(
      name = "revoke",
      description = {
        "Revokes a consent: once the revocation arrives, nothing more is passed on under it.",
        "Messages passed on earlier stay where they are; to withdraw them, use `recall`."
      },
      mixinStandardHelpOptions = true)
  static final class Revoke extends ConsentCall {
    @Option(
        names = "--reason",
        required = true,
        description = "reason; sent to the holder of the consent")
    private String reason = "";

    @Override
    public void with(ManagedChannel channel) {
      RevokeConsentResponse revoked =
          stub(channel)
              .revokeConsent(
                  RevokeConsentRequest.newBuilder()
                      .setConsentId(id())
                      .setReason(reason)
                      .setOnBehalfOf(person())
                      .build());
      tell(revoked, "revoked at " + Timestamps.toString(revoked.getRevokedAt()));
    }
  }
}
