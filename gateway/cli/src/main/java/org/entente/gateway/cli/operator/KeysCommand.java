package org.entente.gateway.cli.operator;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import org.entente.gateway.ceremony.CeremonyFiles;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.text.ExplanationText;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.JoinRequest;
import org.entente.proto.v1.FulfilmentState;
import org.entente.proto.v1.KeysGrpc;
import org.entente.proto.v1.PairState;
import org.entente.proto.v1.PairUse;
import org.entente.proto.v1.RenewKeysRequest;
import org.entente.proto.v1.RenewKeysResponse;
import org.entente.proto.v1.ShowKeysRequest;
import org.entente.proto.v1.ShowKeysResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows and renews the key pairs with which a running gateway signs. */
@Command(
    name = "keys",
    description = {
      "Shows the key pairs with which a running gateway signs, and renews them without a restart.",
      "The client needs the scope `operator`. For the other keys see `keystore`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {KeysCommand.Renew.class, KeysCommand.Show.class},
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente keys renew --officer FR-3 --justification 'yearly renewal' --out fr.customs.join"
          + " \\",
      "    --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operator",
      "  entente keys show --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operator"
    })
public final class KeysCommand {

  /** Makes the next pairs. */
  @Command(
      name = "renew",
      description = {
        "Makes the next key pairs and writes the request for the roots.",
        "The roots admit it with `entente federation add`. Until then, repeating the command"
            + " returns the",
        "pending request."
      },
      mixinStandardHelpOptions = true)
  static final class Renew extends ClientCall {

    @Option(
        names = "--from",
        paramLabel = "TIME",
        description =
            "start of the new pairs' validity, such as 2026-12-01T06:00:00Z; every member must"
                + " have the new trust bundle by then (default: in 24 hours)")
    private @Nullable Timestamp from;

    @RequestField("until")
    @Option(
        names = "--days",
        defaultValue = "365",
        paramLabel = "N",
        description = "days for which they are valid (default: ${DEFAULT-VALUE})")
    private int days;

    @RequestField("old_until")
    @Option(
        names = "--overlap-days",
        defaultValue = "30",
        paramLabel = "N",
        description =
            "days for which the present pairs remain valid beside them (default: ${DEFAULT-VALUE})")
    private int overlap;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "file for the request; must not exist")
    private Path out = Path.of("");

    @Option(
        names = "--authority",
        paramLabel = "FILE",
        description =
            "ca.crt of the agency's next CA, as `entente tls next-ca` makes it; requests that the"
                + " trust bundle list it beside the present one")
    private @Nullable Path authority;

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      Instant begin =
          from == null
              ? Instant.now().plus(Duration.ofDays(1))
              : Instant.ofEpochMilli(Timestamps.toMillis(from));
      RenewKeysResponse made =
          KeysGrpc.newBlockingStub(channel)
              .renewKeys(
                  RenewKeysRequest.newBuilder()
                      .setOnBehalfOf(person.named())
                      .setFrom(timestamp(begin))
                      .setUntil(timestamp(begin.plus(Duration.ofDays(days))))
                      .setOldUntil(timestamp(begin.plus(Duration.ofDays(overlap))))
                      .setAuthority(authority())
                      .build());
      byte[] request = made.getRequest().toByteArray();
      Fingerprint fingerprint = JoinRequest.verify(request).fingerprint();
      CeremonyFiles.write(out, request);
      tell(
          made,
          "hand on      " + out,
          "read out     " + fingerprint,
          "then         the roots: entente federation add --request " + out + " …");
    }

    private ByteString authority() {
      if (authority == null) {
        return ByteString.EMPTY;
      }
      try {
        return ByteString.copyFrom(CeremonyFiles.certificate(authority).getEncoded());
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("a certificate that was parsed encodes", e);
      }
    }

    private static Timestamp timestamp(Instant at) {
      return Timestamps.fromMillis(at.toEpochMilli());
    }
  }

  /** Shows the pairs. */
  @Command(
      name = "show",
      description = {
        "Lists the key pairs with their use, state and validity.",
        "Also lists which obligations of labels each agency states that it fulfils."
      },
      mixinStandardHelpOptions = true)
  static final class Show extends ClientCall {
    private static final Columns<PairState> PAIRS =
        Columns.<PairState>of("key pair", "key pairs")
            .with("use", one -> one.getUse() == PairUse.PAIR_USE_AGENCY ? "agency" : "audit")
            .with("id", PairState::getId)
            .with("state", Show::state)
            .with("valid", Show::validity);

    @Override
    public void with(ManagedChannel channel) {
      ShowKeysResponse known =
          KeysGrpc.newBlockingStub(channel).showKeys(ShowKeysRequest.getDefaultInstance());
      if (json()) {
        tell(known);
        return;
      }
      Listing<PairState> pairs = listing(PAIRS);
      known.getPairsList().forEach(pairs::add);
      pairs.end("trust bundle version " + known.getBundleVersion());
      for (FulfilmentState agency : known.getAgenciesList()) {
        print(agency.getAgency() + " fulfils " + ExplanationText.words(agency));
      }
    }

    private static String state(PairState pair) {
      return pair.getInForce() ? "in use" : pair.getHeld() ? "held" : "not held here";
    }

    private static String validity(PairState pair) {
      return pair.hasNotBefore()
          ? "from %s until %s"
              .formatted(
                  Timestamps.toString(pair.getNotBefore()), Timestamps.toString(pair.getNotAfter()))
          : "not in the trust bundle";
    }
  }
}
