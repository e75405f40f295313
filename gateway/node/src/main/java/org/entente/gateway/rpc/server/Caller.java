package org.entente.gateway.rpc.server;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.entente.gateway.account.Account;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/** The caller of the current call, as set by {@link CallGuard}. */
public final class Caller {
  private static final Context.Key<Identified> KEY = Context.key("entente-caller");
  private static final Context.Key<Account> ACCOUNT = Context.key("entente-account");
  private static final Context.Key<Supplier<Optional<Problem>>> FULL_DISK =
      Context.key("entente-full-disk");

  private static final Context.Key<String> TRACEPARENT = Context.key("traceparent");
  private static final Metadata.Key<String> TRACEPARENT_HEADER =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  private Caller() {}

  /** The context of a call by this caller. */
  public static Context in(Context context, Identified caller) {
    return context.withValue(KEY, caller);
  }

  /** The context of a call that this account pays. */
  static Context paying(Context context, Account account) {
    return context.withValue(ACCOUNT, account);
  }

  /**
   * The same context, with why calls that write are refused.
   *
   * @param fullDisk empty while they are not
   */
  public static Context within(Context context, Supplier<Optional<Problem>> fullDisk) {
    return context.withValue(FULL_DISK, fullDisk);
  }

  /** The same context, with the span that the caller's metadata name. */
  static Context traced(Context context, Metadata headers) {
    String traceparent = headers.get(TRACEPARENT_HEADER);
    return traceparent == null ? context : context.withValue(TRACEPARENT, traceparent);
  }

  /** The span of the caller, as it wrote it in the call's metadata; empty if it wrote none. */
  public static String traceparent() {
    return Objects.requireNonNullElse(TRACEPARENT.get(), "");
  }

  /**
   * The account of the caller.
   *
   * @throws io.grpc.StatusRuntimeException with UNKNOWN_CLIENT if {@link CallGuard} set none
   */
  public static Account account() {
    Account account = ACCOUNT.get();
    if (account == null) {
      throw unknown();
    }
    return account;
  }

  /**
   * Why calls that can wait are refused, while the disk is full.
   *
   * @throws io.grpc.StatusRuntimeException with UNKNOWN_CLIENT if {@link CallGuard} set nothing
   */
  static Optional<Problem> fullDisk() {
    Supplier<Optional<Problem>> fullDisk = FULL_DISK.get();
    if (fullDisk == null) {
      throw unknown();
    }
    return fullDisk.get();
  }

  /**
   * The caller, if it has a scope.
   *
   * @throws io.grpc.StatusRuntimeException with SCOPE_MISSING if it does not have it
   */
  public static Identified require(Scope scope) {
    Identified caller = known();
    Optional<Problem> refusal = caller.require(scope);
    if (refusal.isPresent()) {
      throw StatusMapper.exception(refusal.get());
    }
    return caller;
  }

  /**
   * The caller, who has been granted one of several scopes.
   *
   * @throws io.grpc.StatusRuntimeException with SCOPE_MISSING for the first if it has none
   */
  public static Identified requireAny(Scope first, Scope... others) {
    Identified caller = known();
    return Arrays.stream(others).anyMatch(caller.scopes()::contains) ? caller : require(first);
  }

  /**
   * The caller, who is of the agency: any client but a rights holder.
   *
   * @throws io.grpc.StatusRuntimeException with SCOPE_MISSING if it is a rights holder
   */
  public static Identified requireOwn() {
    Identified caller = known();
    if (caller.scopes().contains(Scope.RIGHTS_HOLDER)) {
      throw StatusMapper.exception(
          new Problem(
              Code.SCOPE_MISSING,
              "",
              "the client " + caller.name() + " may see only data about its own rights"));
    }
    return caller;
  }

  /**
   * The caller.
   *
   * @throws io.grpc.StatusRuntimeException with UNKNOWN_CLIENT if {@link CallGuard} set none
   */
  static Identified known() {
    Identified caller = KEY.get();
    if (caller == null) {
      throw unknown();
    }
    return caller;
  }

  private static StatusRuntimeException unknown() {
    // Reached only by a service added without the guard.
    return StatusMapper.exception(new Problem(Code.UNKNOWN_CLIENT, "", "the caller is unknown"));
  }
}
