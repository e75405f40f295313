package org.entente.gateway.cli.call;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.entente.gateway.cli.call.Contexts.Context;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.TerminalWriter;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.crypto.Certificates;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.Endpoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Options that name the gateway to call and the client's credentials. What is not given comes from
 * the environment, then from a {@linkplain Contexts context}.
 */
public final class GatewayAddress {
  /** Strongly referenced: Java forgets the level of a logger that is garbage-collected. */
  private static final Logger CHANNELS = Logger.getLogger("io.grpc");

  @Option(
      names = "--gateway",
      paramLabel = "HOST:PORT",
      description =
          "the gateway's client address, or several with commas: the one where it serves (default:"
              + " $ENTENTE_GATEWAY, or the context's)")
  private @Nullable String address;

  @Option(
      names = "--credentials",
      paramLabel = "DIR",
      description =
          "folder with tls.crt, tls.key and ca.crt of the client (default: $ENTENTE_CREDENTIALS, or"
              + " the context's)")
  private @Nullable Path credentials;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description =
          "gateway and credentials under a name, as `entente context add` keeps them (default:"
              + " $ENTENTE_CONTEXT, or the one in use)")
  private @Nullable String context;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  private @Nullable Context known;

  /** The address that is called. */
  String address() {
    String given = address == null && context == null ? environment("ENTENTE_GATEWAY") : address;
    return given == null ? context("--gateway").gateway() : given;
  }

  private Path credentials() {
    Path given = credentials;
    if (given == null && context == null) {
      String folder = environment("ENTENTE_CREDENTIALS");
      given = folder == null ? null : Path.of(folder);
    }
    return given == null ? context("--credentials").credentials() : given;
  }

  /**
   * The context that applies.
   *
   * @param option the option that is missing
   */
  private Context context(String option) {
    Context before = known;
    if (before != null) {
      return before;
    }
    Contexts contexts = Contexts.ofUser();
    String named = context == null ? environment("ENTENTE_CONTEXT") : context;
    String name = named == null ? contexts.current() : named;
    if (name == null) {
      throw new UsageError(
          option
              + ": is missing; give --gateway and --credentials, or name them once by `entente"
              + " context add`");
    }
    Context found = contexts.get(name, context == null ? "ENTENTE_CONTEXT" : "--context");
    known = found;
    return found;
  }

  private static @Nullable String environment(String name) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /**
   * Calls the gateway over a channel that is closed afterwards. A failed call ends the command,
   * which explains it.
   *
   * @throws StatusRuntimeException if the call fails
   */
  public <T> T call(Function<ManagedChannel, T> call) {
    ManagedChannel channel = open();
    try {
      return call.apply(channel);
    } finally {
      channel.shutdownNow();
    }
  }

  /** The client's credentials. */
  Credentials own() {
    try {
      return Credentials.in(credentials());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("--" + e.getMessage(), e);
    }
  }

  public ManagedChannel open() {
    // The failures of calls report everything about a channel, without stack traces. Set only when
    // a command calls: a running gateway has these classes too and must log gRPC's warnings.
    CHANNELS.setLevel(Level.OFF);
    if (context != null) {
      // A name that nothing bears is an error also beside the two options.
      context("--context");
    }
    try {
      Credentials own = own();
      warnOfEnd(own, Instant.now());
      return Channels.open(
          Endpoint.parseAll(address()).stream().map(Endpoint::toString).toList(), own);
    } catch (InvalidValue e) {
      throw new UsageError("--gateway: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("--" + e.getMessage(), e);
    }
  }

  /**
   * Says on standard error that the client's certificate ends soon or has ended. The call is made
   * all the same: the gateway's clock decides, and this one may be wrong.
   */
  private void warnOfEnd(Credentials own, Instant now) {
    CommandSpec caller = command;
    if (caller == null) {
      return;
    }
    own.leaf()
        .ifPresent(
            certificate -> {
              CertificateValidity validity = CertificateValidity.of(certificate);
              if (validity.endsSoon(now)) {
                PrintWriter err = new TerminalWriter(caller.commandLine().getErr());
                err.println(
                    "the client certificate %s %s; have it renewed: entente client renew %s"
                        .formatted(own.certificate(), validity.end(now), client(certificate)));
                err.flush();
              }
            });
  }

  /** The name of the client in a certificate: the last part of its identity. */
  private static String client(X509Certificate certificate) {
    return Certificates.spiffeId(certificate)
        .map(id -> id.getPath().substring(id.getPath().lastIndexOf('/') + 1))
        .orElse("NAME");
  }
}
