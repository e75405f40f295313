package org.entente.gateway.rpc.server;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;

/**
 * Defines a service of the client port: each method with the scope that it needs, what it costs,
 * what it writes, and who answers it. A call is charged, and its scope and the room for it are
 * checked, before any of its request is read. A service with a method that is not defined fails at
 * the start.
 */
public final class ServiceMethods {
  /** Requests as which one of a library's stream counts: an answer of reflection is long. */
  private static final int LIBRARY_REQUEST = 100;

  private final ServerServiceDefinition.Builder service;

  /** Defines the methods of a service. */
  public ServiceMethods(ServiceDescriptor service) {
    this.service = ServerServiceDefinition.builder(service);
  }

  /** Answers a request, now or later, or with many responses. */
  public interface Responder<Q, A> {
    void answer(Identified caller, Q request, ServerCallStreamObserver<A> observer);
  }

  /** A unary method whose answer is there when the handler returns. */
  public <Q, A> ServiceMethods unary(
      MethodDescriptor<Q, A> method,
      Scope scope,
      CallCost cost,
      DiskUse disk,
      BiFunction<Identified, Q, A> handler) {
    return unary(method, () -> Caller.require(scope), cost, disk, handler);
  }

  /**
   * As above, where more than one scope opens the method.
   *
   * @param admission throws if the caller of the current call may not make it
   */
  public <Q, A> ServiceMethods unary(
      MethodDescriptor<Q, A> method,
      Supplier<Identified> admission,
      CallCost cost,
      DiskUse disk,
      BiFunction<Identified, Q, A> handler) {
    return add(
        method,
        admission,
        cost,
        disk,
        (caller, request, observer) -> answer(handler.apply(caller, request), observer));
  }

  /** A unary method that is answered when a future completes. */
  @SuppressWarnings("FutureReturnValueIgnored") // what completes it answers the call
  public <Q, A> ServiceMethods later(
      MethodDescriptor<Q, A> method,
      Scope scope,
      CallCost cost,
      DiskUse disk,
      BiFunction<Identified, Q, CompletableFuture<A>> handler) {
    return add(
        method,
        () -> Caller.require(scope),
        cost,
        disk,
        (caller, request, observer) ->
            handler
                .apply(caller, request)
                .whenComplete(
                    (response, failure) -> {
                      if (failure == null) {
                        answer(response, observer);
                      } else {
                        observer.onError(refusal(failure));
                      }
                    }));
  }

  /** A method with one request and a stream of responses. */
  public <Q, A> ServiceMethods serverStream(
      MethodDescriptor<Q, A> method,
      Scope scope,
      CallCost cost,
      DiskUse disk,
      Responder<Q, A> handler) {
    return add(method, () -> Caller.require(scope), cost, disk, handler);
  }

  /** A method with streams in both directions. */
  public <Q, A> ServiceMethods exchange(
      MethodDescriptor<Q, A> method,
      Scope scope,
      CallCost cost,
      DiskUse disk,
      BiFunction<Identified, ServerCallStreamObserver<A>, StreamObserver<Q>> handler) {
    service.addMethod(
        method,
        admitted(
            () -> Caller.require(scope),
            cost,
            disk,
            ServerCalls.asyncBidiStreamingCall(
                observer ->
                    handler.apply(Caller.known(), (ServerCallStreamObserver<A>) observer))));
    return this;
  }

  /** The service. */
  public ServerServiceDefinition build() {
    return service.build();
  }

  /** A service of the library, each of whose methods every client may call. */
  public static ServerServiceDefinition open(ServerServiceDefinition library, CallCost cost) {
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder(library.getServiceDescriptor());
    library.getMethods().forEach(method -> service.addMethod(open(method, cost)));
    return service.build();
  }

  private static <Q, A> ServerMethodDefinition<Q, A> open(
      ServerMethodDefinition<Q, A> method, CallCost cost) {
    ServerCallHandler<Q, A> handler =
        admitted(Caller::known, cost, DiskUse.NONE, method.getServerCallHandler());
    return method.withServerCallHandler(
        method.getMethodDescriptor().getType().clientSendsOneMessage()
            ? handler
            : (call, headers) -> paying(handler.startCall(call, headers)));
  }

  /** Charges what a request of a library's stream costs beyond the one that each request is. */
  private static <Q> ServerCall.Listener<Q> paying(ServerCall.Listener<Q> requests) {
    Account account = Caller.account();
    return new SimpleForwardingServerCallListener<>(requests) {
      @Override
      public void onMessage(Q message) {
        long unused = account.charge(Work.REQUESTS, LIBRARY_REQUEST - 1L);
        super.onMessage(message);
      }
    };
  }

  private <Q, A> ServiceMethods add(
      MethodDescriptor<Q, A> method,
      Supplier<Identified> admission,
      CallCost cost,
      DiskUse disk,
      Responder<Q, A> handler) {
    BiConsumer<Q, StreamObserver<A>> answering =
        (request, observer) ->
            handler.answer(Caller.known(), request, (ServerCallStreamObserver<A>) observer);
    service.addMethod(
        method,
        admitted(
            admission,
            cost,
            disk,
            method.getType() == MethodDescriptor.MethodType.UNARY
                ? ServerCalls.asyncUnaryCall(answering::accept)
                : ServerCalls.asyncServerStreamingCall(answering::accept)));
    return this;
  }

  private static <Q, A> ServerCallHandler<Q, A> admitted(
      Supplier<Identified> admission,
      CallCost cost,
      DiskUse disk,
      ServerCallHandler<Q, A> handler) {
    return (call, headers) -> {
      // A caller without the scope pays too.
      cost.charge();
      Identified unused = admission.get();
      disk.requireRoom();
      return handler.startCall(call, headers);
    };
  }

  private static <A> void answer(A response, StreamObserver<A> observer) {
    observer.onNext(response);
    observer.onCompleted();
  }

  private static StatusRuntimeException refusal(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof StatusRuntimeException refused
        ? refused
        : StatusMapper.exception(CallFailureMapper.problem(failure));
  }
}
