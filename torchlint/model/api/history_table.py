"""Since when names of PyTorch 1.13 to 2.14 warn, are gone, or came.

How it reads: ``history_lookup.py``.

Written by ``python -m torchlint.model.api.history``; do not edit.
"""

from __future__ import annotations

RELEASES = "1.13 2.0 2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 2.9 2.10 2.11 2.12 2.13 2.14"

CHANGES = r"""
functorch.combine_state_for_ensemble 2.0 - torch.func.stack_module_state
 `functorch.combine_state_for_ensemble` is deprecated
functorch.functionalize 2.0 - torch.func.functionalize
 `functorch.functionalize` is deprecated
functorch.grad 2.0 - torch.func.grad
 `functorch.grad` is deprecated
functorch.grad_and_value 2.0 - torch.func.grad_and_value
 `functorch.grad_and_value` is deprecated
functorch.hessian 2.0 - torch.func.hessian
 `functorch.hessian` is deprecated
functorch.jacfwd 2.0 - torch.func.jacfwd
 `functorch.jacfwd` is deprecated
functorch.jacrev 2.0 - torch.func.jacrev
 `functorch.jacrev` is deprecated
functorch.jvp 2.0 - torch.func.jvp
 `functorch.jvp` is deprecated
functorch.make_functional 2.0 - torch.func.functional_call
 `functorch.make_functional` is deprecated
functorch.make_functional_with_buffers 2.0 - torch.func.functional_call
 `functorch.make_functional_with_buffers` is deprecated
functorch.vjp 2.0 - torch.func.vjp
 `functorch.vjp` is deprecated
functorch.vmap 2.0 - torch.func.vmap
 `functorch.vmap` is deprecated
torch.Tensor.align_as - 2.13 -
torch.Tensor.align_to - 2.13 -
torch.Tensor.cholesky 1.12 2.14 torch.linalg.cholesky
 torch.cholesky is deprecated in favor of torch.linalg.cholesky
torch.Tensor.eig 1.12 1.12 torch.linalg.eig
 This function was deprecated since version 1.9 and is now removed.
torch.Tensor.lstsq 1.12 1.12 torch.linalg.lstsq
 This function was deprecated since version 1.9 and is now removed.
torch.Tensor.lu 1.12 - torch.linalg.lu_factor
 torch.lu is deprecated in favor of torch.linalg.lu_factor
torch.Tensor.qr 1.12 2.14 torch.linalg.qr
 torch.qr is deprecated in favor of torch.linalg.qr
torch.Tensor.refine_names - 2.13 -
torch.Tensor.rename - 2.13 -
torch.Tensor.rename_ - 2.13 -
torch.Tensor.resize 1.12 - reshape()
 non-inplace resize is deprecated
torch.Tensor.resize_as 1.12 - reshape()
 non-inplace resize is deprecated
torch.Tensor.solve 1.12 1.12 torch.linalg.solve
 This function was deprecated since version 1.9 and is now removed.
torch.Tensor.storage 2.0 - untyped_storage()
 TypedStorage is deprecated.
torch.Tensor.symeig 1.12 2.0 torch.linalg.eigh
 This function was deprecated since version 1.9 and is now removed.
torch.Tensor.triangular_solve 1.12 - torch.linalg.solve_triangular
 torch.triangular_solve is deprecated in favor of torch.linalg.solve_triangular
torch._six - 2.0 -
torch.align_tensors - 2.13 -
torch.ao.quantization.QConfigDynamic 1.12 - -
 `QConfigDynamic` is going to be deprecated in PyTorch 1.12, please use `QConfig` instead
torch.ao.quantization.activation_is_memoryless - 2.0 -
torch.ao.quantization.add_module_to_qconfig_obs_ctr - 2.0 -
torch.ao.quantization.add_observer_ - 2.0 -
torch.ao.quantization.assert_valid_qconfig - 2.0 -
torch.ao.quantization.compare_results - 2.11 -
torch.ao.quantization.convert 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.ao.quantization.extract_results_from_loggers - 2.11 -
torch.ao.quantization.generate_numeric_debug_handle - 2.11 -
torch.ao.quantization.get_default_qat_qconfig_dict 1.12 - torch.ao.quantization.get_default_qat_qconfig_mapping
 `torch.ao.quantization.get_default_qat_qconfig_dict` is deprecated and will be removed in a future version. ...
torch.ao.quantization.get_default_qconfig_dict 1.12 - torch.ao.quantization.get_default_qconfig_mapping
 `torch.ao.quantization.get_default_qconfig_dict` is deprecated and will be removed in a future version. ...
torch.ao.quantization.get_observer_dict - 2.0 -
torch.ao.quantization.get_unique_devices_ - 2.0 -
torch.ao.quantization.get_valid_patterns - 2.0 -
torch.ao.quantization.is_activation_post_process - 2.0 -
torch.ao.quantization.is_reuse_input_qconfig - 2.0 -
torch.ao.quantization.obs_or_fq_ctr_equals - 2.0 -
torch.ao.quantization.prepare 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.ao.quantization.prepare_for_propagation_comparison - 2.11 -
torch.ao.quantization.prepare_qat 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.ao.quantization.quant_type_to_str - 2.0 -
torch.ao.quantization.quantize 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.ao.quantization.quantize_dynamic 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.ao.quantization.quantize_qat 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.ao.quantization.register_activation_post_process_hook - 2.0 -
torch.ao.quantization.reverse2 - 2.0 -
torch.ao.quantization.reverse3 - 2.0 -
torch.ao.quantization.reverse_sequential_wrapper2 - 2.0 -
torch.ao.quantization.sequential_wrapper2 - 2.0 -
torch.autograd.backward(grad_variables) 1.12 - grad_tensors=
 `grad_variables` is deprecated. Use `grad_tensors` instead.
torch.autograd.function.FunctionCtx.mark_shared_storage 1.12 - -
 `mark_shared_storage` is deprecated. Tensors with shared storages are automatically tracked. Note that calls ...
torch.autograd.function.traceable 2.3 2.4 -
 torch.autograd.function.traceable is deprecated and will be removed in PyTorch 2.4.
torch.autograd.grad(only_inputs=False) 1.12 - -
 only_inputs argument is deprecated and is ignored now (defaults to True).
torch.autograd.gradcheck.get_analytical_jacobian 1.12 - -
 `get_analytical_jacobian` was part of PyTorch's private API and not meant to be exposed. We are deprecating ...
torch.autograd.gradcheck.get_numerical_jacobian 1.12 - -
 `get_numerical_jacobian` was part of PyTorch's private API and not meant to be exposed. We are deprecating it ...
torch.autograd.gradcheck.gradcheck(check_sparse_nnz) - 2.3 -
 got an unexpected keyword argument 'check_sparse_nnz'
torch.autograd.profiler.ContextDecorator - 2.0 -
torch.autograd.profiler.FunctionEvent(cuda_memory_usage) - 2.4 -
 got an unexpected keyword argument 'cuda_memory_usage'
torch.autograd.profiler.FunctionEvent(privateuse1_memory_usage) - 2.4 -
 got an unexpected keyword argument 'privateuse1_memory_usage'
torch.autograd.profiler.FunctionEvent.cuda_time_total 2.4 - -
 `cuda_time_total` is deprecated. Use `device_time_total` instead.
torch.autograd.profiler.FunctionEvent.metadata_json 2.12 - -
 `metadata_json` is deprecated. Use `event_metadata` instead.
torch.autograd.profiler.FunctionEvent.self_cuda_memory_usage 2.4 - -
 `self_cuda_memory_usage` is deprecated. Use `self_device_memory_usage` instead.
torch.autograd.profiler.FunctionEvent.self_cuda_time_total 2.4 - -
 `self_cuda_time_total` is deprecated. Use `self_device_time_total` instead.
torch.autograd.profiler.kineto_step - 2.0 -
torch.autograd.profiler.profile(use_cuda) - 2.14 -
 got an unexpected keyword argument 'use_cuda'
torch.autograd.profiler.profile(use_mtia) - 2.5 -
 got an unexpected keyword argument 'use_mtia'
torch.autograd.profiler.profile(with_modules=True) 2.14 - -
 with_modules is deprecated and will be removed in a future release.
torch.backends.cuda.sdp_kernel 2.3 - torch.nn.attention.sdpa_kernel
 `torch.backends.cuda.sdp_kernel()` is deprecated. In the future, this context manager will be removed. Please ...
torch.btrifact 1.12 1.12 torch.linalg.lu_factor
torch.btrisolve 1.12 1.12 torch.linalg.lu_solve
torch.chain_matmul 1.12 - torch.linalg.multi_dot
 torch.chain_matmul is deprecated
torch.cholesky 1.12 2.14 torch.linalg.cholesky
 torch.cholesky is deprecated in favor of torch.linalg.cholesky
torch.compile(shapes_spec) - 2.14 -
 got an unexpected keyword argument 'shapes_spec'
torch.cpu.amp.GradScaler 2.4 - torch.amp.GradScaler
 `torch.cpu.amp.GradScaler(args...)` is deprecated. Please use `torch.amp.GradScaler('cpu', args...)` instead.
torch.cpu.amp.autocast 2.4 - torch.amp.autocast
 `torch.cpu.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cpu', args...)` instead.
torch.cuda.GreenContext.pop_context 2.14 - torch.cuda.stream
 `GreenContext.set_context` and `GreenContext.pop_context` are deprecated. Please create a stream with ...
torch.cuda.GreenContext.set_context 2.14 - torch.cuda.stream
 `GreenContext.set_context` and `GreenContext.pop_context` are deprecated. Please create a stream with ...
torch.cuda.MemPool(symmetric) - 2.9 -
 got an unexpected keyword argument 'symmetric'
torch.cuda.MemPoolContext - 2.8 -
torch.cuda.amp.GradScaler 2.4 - torch.amp.GradScaler
 `torch.cuda.amp.GradScaler(args...)` is deprecated. Please use `torch.amp.GradScaler('cuda', args...)` ...
torch.cuda.amp.autocast 2.4 - torch.amp.autocast
 `torch.cuda.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cuda', args...)` instead.
torch.cuda.amp.autocast_mode.autocast 2.4 - torch.amp.autocast
 `torch.cuda.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cuda', args...)` instead.
torch.cuda.amp.autocast_mode.custom_bwd 2.4 - torch.amp.custom_bwd
 `torch.cuda.amp.custom_bwd(args...)` is deprecated. Please use `torch.amp.custom_bwd(args..., ...
torch.cuda.amp.autocast_mode.custom_fwd 2.4 - torch.amp.custom_fwd
 `torch.cuda.amp.custom_fwd(args...)` is deprecated. Please use `torch.amp.custom_fwd(args..., ...
torch.cuda.amp.custom_bwd 2.4 - torch.amp.custom_bwd
 `torch.cuda.amp.custom_bwd(args...)` is deprecated. Please use `torch.amp.custom_bwd(args..., ...
torch.cuda.amp.custom_fwd 2.4 - torch.amp.custom_fwd
 `torch.cuda.amp.custom_fwd(args...)` is deprecated. Please use `torch.amp.custom_fwd(args..., ...
torch.cuda.amp.grad_scaler.GradScaler 2.4 - torch.amp.GradScaler
 `torch.cuda.amp.GradScaler(args...)` is deprecated. Please use `torch.amp.GradScaler('cuda', args...)` ...
torch.cuda.max_memory_cached 1.12 - torch.cuda.max_memory_reserved
 `torch.cuda.max_memory_cached` has been renamed to `torch.cuda.max_memory_reserved`
torch.cuda.memory.MemPool(symmetric) - 2.9 -
 got an unexpected keyword argument 'symmetric'
torch.cuda.memory.MemPoolContext - 2.8 -
torch.cuda.memory.max_memory_cached 1.12 - torch.cuda.max_memory_reserved
 `torch.cuda.max_memory_cached` has been renamed to `torch.cuda.max_memory_reserved`
torch.cuda.memory.memory_cached 1.12 - torch.cuda.memory_reserved
 `torch.cuda.memory_cached` has been renamed to `torch.cuda.memory_reserved`
torch.cuda.memory_cached 1.12 - torch.cuda.memory_reserved
 `torch.cuda.memory_cached` has been renamed to `torch.cuda.memory_reserved`
torch.cuda.profiler.init - 2.11 -
torch.distributed.all_gather_coalesced 1.12 - -
 `torch.distributed.all_gather_coalesced` will be deprecated. If you must use it, please revisit our ...
torch.distributed.all_gather_into_tensor 2.13 - torch.distributed.all_gather_single
 `torch.distributed.all_gather_into_tensor` is deprecated. Please use `torch.distributed.all_gather_single` ...
torch.distributed.all_gather_multigpu 1.12 2.2 -
 torch.distributed.all_gather_multigpu will be deprecated. If you must use it, please revisit our ...
torch.distributed.all_reduce_coalesced 1.12 - -
 `torch.distributed.all_reduce_coalesced` will be deprecated. If you must use it, please revisit our ...
torch.distributed.all_reduce_multigpu 1.12 2.2 -
 torch.distributed.all_reduce_multigpu will be deprecated. If you must use it, please revisit our ...
torch.distributed.broadcast_multigpu 1.12 2.2 -
 torch.distributed.broadcast_multigpu will be deprecated. If you must use it, please revisit our documentation ...
torch.distributed.checkpoint.FsspecReader - 2.4 -
torch.distributed.checkpoint.FsspecWriter - 2.4 -
torch.distributed.checkpoint.HuggingFaceStorageReader(token) - 2.9 -
 got an unexpected keyword argument 'token'
torch.distributed.checkpoint.HuggingFaceStorageWriter(save_sharded) - 2.9 -
 got an unexpected keyword argument 'save_sharded'
torch.distributed.checkpoint.HuggingFaceStorageWriter(token) - 2.9 -
 got an unexpected keyword argument 'token'
torch.distributed.checkpoint.load(coordinator_rank) - 2.3 -
 got an unexpected keyword argument 'coordinator_rank'
torch.distributed.checkpoint.load_state_dict 2.2 - torch.distributed.checkpoint.load
 `load_state_dict` is deprecated and will be removed in future versions. Please use `load` instead.
torch.distributed.checkpoint.save(coordinator_rank) - 2.3 -
 got an unexpected keyword argument 'coordinator_rank'
torch.distributed.checkpoint.save_state_dict 2.2 - torch.distributed.checkpoint.save
 `save_state_dict` is deprecated and will be removed in future versions.Please use `save` instead.
torch.distributed.distributed_c10d.all_gather_coalesced 1.12 - -
 `torch.distributed.all_gather_coalesced` will be deprecated. If you must use it, please revisit our ...
torch.distributed.distributed_c10d.all_gather_into_tensor 2.13 - torch.distributed.all_gather_single
 `torch.distributed.all_gather_into_tensor` is deprecated. Please use `torch.distributed.all_gather_single` ...
torch.distributed.distributed_c10d.all_gather_multigpu 1.12 2.2 -
 torch.distributed.all_gather_multigpu will be deprecated. If you must use it, please revisit our ...
torch.distributed.distributed_c10d.all_reduce_coalesced 1.12 - -
 `torch.distributed.all_reduce_coalesced` will be deprecated. If you must use it, please revisit our ...
torch.distributed.distributed_c10d.all_reduce_multigpu 1.12 2.2 -
 torch.distributed.all_reduce_multigpu will be deprecated. If you must use it, please revisit our ...
torch.distributed.distributed_c10d.broadcast_multigpu 1.12 2.2 -
 torch.distributed.broadcast_multigpu will be deprecated. If you must use it, please revisit our documentation ...
torch.distributed.distributed_c10d.exception_handler - 2.1 -
torch.distributed.distributed_c10d.gather_into_tensor 2.14 - torch.distributed.gather_single
 `torch.distributed.gather_into_tensor` is deprecated. Please use `torch.distributed.gather_single` instead.
torch.distributed.distributed_c10d.reduce_multigpu 1.12 2.2 -
 torch.distributed.reduce_multigpu will be deprecated. If you must use it, please revisit our documentation ...
torch.distributed.distributed_c10d.reduce_scatter_multigpu 1.12 2.2 -
 torch.distributed.reduce_scatter_multigpu will be deprecated. If you must use it, please revisit our ...
torch.distributed.distributed_c10d.reduce_scatter_tensor 2.13 - torch.distributed.reduce_scatter_single
 `torch.distributed.reduce_scatter_tensor` is deprecated. Please use `torch.distributed.reduce_scatter_single` ...
torch.distributed.exception_handler - 2.1 -
torch.distributed.fsdp.FSDPModule.set_reduce_scatter_divide_factor 2.8 - -
 Use `set_gradient_divide_factor` instead
torch.distributed.fsdp.FullyShardedDataParallel(ignored_parameters) - 2.1 -
 got an unexpected keyword argument 'ignored_parameters'
torch.distributed.fsdp.FullyShardedDataParallel.set_state_dict_type 2.4 - set_state_dict()
 FSDP.state_dict_type() and FSDP.set_state_dict_type() are being deprecated.
torch.distributed.fsdp.FullyShardedDataParallel.state_dict_type 2.4 - get_state_dict()
 FSDP.state_dict_type() and FSDP.set_state_dict_type() are being deprecated.
torch.distributed.fsdp.ParamExecOrderWrapPolicy - 2.0 -
torch.distributed.fsdp.ShardingStrategy.NO_SHARD 2.3 - torch.nn.parallel.DistributedDataParallel
 The `NO_SHARD` sharding strategy is deprecated.
torch.distributed.fsdp.wrap.ParamExecOrderWrapPolicy - 2.0 -
torch.distributed.fsdp.wrap.lambda_auto_wrap_policy(unwrapped_params) - 2.0 -
 got an unexpected keyword argument 'unwrapped_params'
torch.distributed.fsdp.wrap.size_based_auto_wrap_policy(unwrapped_params) - 2.0 -
 got an unexpected keyword argument 'unwrapped_params'
torch.distributed.fsdp.wrap.transformer_auto_wrap_policy(unwrapped_params) - 2.0 -
 got an unexpected keyword argument 'unwrapped_params'
torch.distributed.gather_into_tensor 2.14 - torch.distributed.gather_single
 `torch.distributed.gather_into_tensor` is deprecated. Please use `torch.distributed.gather_single` instead.
torch.distributed.pipeline.sync - 2.4 torch.distributed.pipelining
torch.distributed.pipeline.sync.NoChunk - 2.4 -
torch.distributed.pipeline.sync.Pipe - 2.4 -
torch.distributed.pipeline.sync.WithDevice - 2.4 -
torch.distributed.pipeline.sync.is_checkpointing - 2.4 -
torch.distributed.pipeline.sync.is_recomputing - 2.4 -
torch.distributed.reduce_multigpu 1.12 2.2 -
 torch.distributed.reduce_multigpu will be deprecated. If you must use it, please revisit our documentation ...
torch.distributed.reduce_op 1.12 - torch.distributed.ReduceOp
 `torch.distributed.reduce_op` is deprecated
torch.distributed.reduce_scatter_multigpu 1.12 2.2 -
 torch.distributed.reduce_scatter_multigpu will be deprecated. If you must use it, please revisit our ...
torch.distributed.reduce_scatter_tensor 2.13 - torch.distributed.reduce_scatter_single
 `torch.distributed.reduce_scatter_tensor` is deprecated. Please use `torch.distributed.reduce_scatter_single` ...
torch.distributed.tensor.parallel.PairwiseParallel - 2.2 -
torch.distributed.tensor.parallel.TensorParallelMultiheadAttention - 2.1 -
torch.distributed.tensor.parallel.make_input_replicate_1d - 2.2 -
torch.distributed.tensor.parallel.make_input_reshard_replicate - 2.2 -
torch.distributed.tensor.parallel.make_input_shard_1d - 2.2 -
torch.distributed.tensor.parallel.make_input_shard_1d_last_dim - 2.2 -
torch.distributed.tensor.parallel.make_output_replicate_1d - 2.2 -
torch.distributed.tensor.parallel.make_output_reshard_tensor - 2.2 -
torch.distributed.tensor.parallel.make_output_shard_1d - 2.2 -
torch.distributed.tensor.parallel.make_output_tensor - 2.2 -
torch.distributed.tensor.parallel.make_sharded_output_tensor - 2.2 -
torch.distributed.tensor.parallel.parallelize_module(tp_mesh_dim) - 2.3 -
 got an unexpected keyword argument 'tp_mesh_dim'
torch.distributions.Distribution.sample_n 1.12 - -
 `sample_n(n)` will be deprecated. Use `sample((n,))` instead.
torch.eig 1.12 1.12 torch.linalg.eig
 This function was deprecated since version 1.9 and is now removed.
torch.empty(names) - 2.13 -
torch.enable_grad(@class) 2.0 - -
 Decorating classes is deprecated and will be disabled in future versions.
torch.export.ArgumentKind - 2.2 -
torch.export.ArgumentSpec - 2.2 -
torch.export.ExportedProgram(call_spec) - 2.2 -
 got an unexpected keyword argument 'call_spec'
torch.export.ExportedProgram(equality_constraints) - 2.3 -
 got an unexpected keyword argument 'equality_constraints'
torch.export.ExportedProgram(tensor_constants) - 2.5 -
 got an unexpected keyword argument 'tensor_constants'
torch.export.ExportedProgram(verifier) - 2.5 -
 got an unexpected keyword argument 'verifier'
torch.export.constrain_as_size - 2.2 -
torch.export.constrain_as_value - 2.2 -
torch.export.dynamic_dim - 2.5 torch.export.Dim
torch.export.export(constraints) - 2.3 dynamic_shapes=
torch.export.export_for_inference - 2.8 -
torch.export.export_for_training 2.9 2.11 torch.export.export
 `torch.export.export_for_training` is deprecated and will be removed in PyTorch 2.10. Please use ...
torch.fft() 1.12 1.12 torch.fft.fft
 'module' object is not callable
torch.functional.align_tensors - 2.13 -
torch.gels 1.12 1.12 torch.linalg.lstsq
torch.gesv 1.12 1.12 torch.linalg.solve
torch.has_cuda 2.1 - torch.backends.cuda.is_built
 'has_cuda' is deprecated, please use 'torch.backends.cuda.is_built()'
torch.has_cudnn 2.1 - torch.backends.cudnn.is_available
 'has_cudnn' is deprecated, please use 'torch.backends.cudnn.is_available()'
torch.has_mkldnn 2.1 - torch.backends.mkldnn.is_available
 'has_mkldnn' is deprecated, please use 'torch.backends.mkldnn.is_available()'
torch.has_mps 2.1 - torch.backends.mps.is_built
 'has_mps' is deprecated, please use 'torch.backends.mps.is_built()'
torch.ifft 1.12 1.12 torch.fft.ifft
torch.inference_mode(@class) 2.0 - -
 Decorating classes is deprecated and will be disabled in future versions.
torch.irfft 1.12 1.12 torch.fft.irfft
torch.jit.fork 2.11 - torch.compile
 `torch.jit.fork` is deprecated. Please use `torch.compile` instead.
torch.jit.freeze 2.11 - torch.compile
 `torch.jit.freeze` is deprecated. Please use `torch.compile` instead.
torch.jit.interface 2.11 - torch.compile
 `torch.jit.interface` is deprecated. Please use `torch.compile` instead.
torch.jit.load 2.10 - torch.export.load
torch.jit.optimize_for_inference 2.11 - torch.compile
 `torch.jit.optimize_for_inference` is deprecated. Please use `torch.compile` instead.
torch.jit.save 2.10 - torch.export.save
torch.jit.script 2.10 - torch.compile
 `torch.jit.script` is deprecated.
torch.jit.script_method 2.10 - torch.compile
 `torch.jit.script_method` is deprecated.
torch.jit.set_fusion_strategy 2.11 - torch.compile
 `torch.jit.set_fusion_strategy` is deprecated. Please use `torch.compile` instead.
torch.jit.trace 2.10 - torch.compile
 `torch.jit.trace` is deprecated.
torch.jit.trace_module 2.10 - torch.compile
 `torch.jit.trace_module` is deprecated.
torch.jit.wait 2.11 - torch.compile
 `torch.jit.wait` is deprecated. Please use `torch.compile` instead.
torch.legacy - 1.12 -
torch.library.define(alias_analysis) - 2.2 -
 got an unexpected keyword argument 'alias_analysis'
torch.library.impl(dispatch_key) - 2.2 -
 got an unexpected keyword argument 'dispatch_key'
torch.library.impl(name) - 2.2 -
 got an unexpected keyword argument 'name'
torch.library.impl_abstract 2.4 - torch.library.register_fake
 `torch.library.impl_abstract` was renamed to `torch.library.register_fake`. Please use that instead; we will ...
torch.lstsq 1.12 1.12 torch.linalg.lstsq
 This function was deprecated since version 1.9 and is now removed.
torch.lu 1.12 - torch.linalg.lu_factor
 torch.lu is deprecated in favor of torch.linalg.lu_factor
torch.lu_solve 1.12 - torch.linalg.lu_solve
 torch.lu_solve is deprecated in favor of torch.linalg.lu_solve
torch.manager_path - 2.4 -
torch.matrix_rank 1.12 1.12 torch.linalg.matrix_rank
 This function was deprecated since version 1.9 and is now removed.
torch.meshgrid(-indexing) 1.12 - indexing=
 in an upcoming release, it will be required to pass the indexing argument.
torch.multiprocessing.ProcessContext(error_queues) - 2.3 -
 got an unexpected keyword argument 'error_queues'
torch.multiprocessing.SpawnContext 1.12 - -
 SpawnContext is renamed to ProcessContext since 1.4 release.
torch.multiprocessing.SpawnContext(error_queues) - 2.3 -
 got an unexpected keyword argument 'error_queues'
torch.multiprocessing.start_processes(numa_options) - 2.10 -
 got an unexpected keyword argument 'numa_options'
torch.nested.as_nested_tensor(tensor_list) - 2.4 -
 got an unexpected keyword argument 'tensor_list'
torch.nn.BCELoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.BCELoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.BCELoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.BCEWithLogitsLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.BCEWithLogitsLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.BCEWithLogitsLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.Container 1.12 - torch.nn.Module
 `nn.Container` is deprecated. All of its functionality is now implemented in `nn.Module`. Subclass that ...
torch.nn.CosineEmbeddingLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.CosineEmbeddingLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.CosineEmbeddingLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.CrossEntropyLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.CrossEntropyLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.CrossEntropyLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.HingeEmbeddingLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.HingeEmbeddingLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.HingeEmbeddingLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.KLDivLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.KLDivLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.KLDivLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.L1Loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.L1Loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.L1Loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.MSELoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.MSELoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.MSELoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.MarginRankingLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.MarginRankingLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.MarginRankingLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.MultiLabelMarginLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.MultiLabelMarginLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.MultiLabelMarginLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.MultiLabelSoftMarginLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.MultiLabelSoftMarginLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.MultiLabelSoftMarginLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.MultiMarginLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.MultiMarginLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.MultiMarginLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.NLLLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.NLLLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.NLLLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.NLLLoss2d 1.12 - torch.nn.NLLLoss
 `NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement and see ...
torch.nn.PoissonNLLLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.PoissonNLLLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.PoissonNLLLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.SmoothL1Loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.SmoothL1Loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.SmoothL1Loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.SoftMarginLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.SoftMarginLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.SoftMarginLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.TripletMarginLoss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.TripletMarginLoss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.TripletMarginLoss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.attention.flex_attention.flex_attention(return_lse=True) 2.9 - return_aux=AuxRequest(lse=True)
 return_lse is deprecated and will be removed
torch.nn.backends - 1.12 -
torch.nn.functional.binary_cross_entropy(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.binary_cross_entropy(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.binary_cross_entropy(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.binary_cross_entropy_with_logits(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.binary_cross_entropy_with_logits(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.binary_cross_entropy_with_logits(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.cosine_embedding_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.cosine_embedding_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.cosine_embedding_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.cross_entropy(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.cross_entropy(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.cross_entropy(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.gumbel_softmax(eps!=1e-10) 1.12 - -
 `eps` parameter is deprecated and has no effect.
torch.nn.functional.hinge_embedding_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.hinge_embedding_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.hinge_embedding_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.kl_div(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.kl_div(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.kl_div(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.l1_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.l1_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.l1_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.margin_ranking_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.margin_ranking_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.margin_ranking_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.mse_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.mse_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.mse_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.multi_margin_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.multi_margin_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.multi_margin_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.multilabel_margin_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.multilabel_margin_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.multilabel_margin_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.multilabel_soft_margin_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.multilabel_soft_margin_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.multilabel_soft_margin_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.nll_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.nll_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.nll_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.poisson_nll_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.poisson_nll_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.poisson_nll_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.smooth_l1_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.smooth_l1_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.smooth_l1_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.soft_margin_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.soft_margin_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.soft_margin_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.triplet_margin_loss(reduce) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.triplet_margin_loss(reduction='elementwise_mean') 1.12 - reduction='mean'
 reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.
torch.nn.functional.triplet_margin_loss(size_average) 1.12 - reduction=
 size_average and reduce args will be deprecated, please use reduction='...' instead.
torch.nn.functional.upsample 1.12 - torch.nn.functional.interpolate
 `nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.
torch.nn.functional.upsample_bilinear 1.12 - torch.nn.functional.interpolate
 `nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.
torch.nn.functional.upsample_nearest 1.12 - torch.nn.functional.interpolate
 `nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.
torch.nn.init.constant 1.12 - torch.nn.init.constant_
 `constant` is now deprecated in favor of `constant_`.
torch.nn.init.dirac 1.12 - torch.nn.init.dirac_
 `dirac` is now deprecated in favor of `dirac_`.
torch.nn.init.eye 1.12 - torch.nn.init.eye_
 `eye` is now deprecated in favor of `eye_`.
torch.nn.init.kaiming_normal 1.12 - torch.nn.init.kaiming_normal_
 `kaiming_normal` is now deprecated in favor of `kaiming_normal_`.
torch.nn.init.kaiming_uniform 1.12 - torch.nn.init.kaiming_uniform_
 `kaiming_uniform` is now deprecated in favor of `kaiming_uniform_`.
torch.nn.init.normal 1.12 - torch.nn.init.normal_
 `normal` is now deprecated in favor of `normal_`.
torch.nn.init.orthogonal 1.12 - torch.nn.init.orthogonal_
 `orthogonal` is now deprecated in favor of `orthogonal_`.
torch.nn.init.sparse 1.12 - torch.nn.init.sparse_
 `sparse` is now deprecated in favor of `sparse_`.
torch.nn.init.uniform 1.12 - torch.nn.init.uniform_
 `uniform` is now deprecated in favor of `uniform_`.
torch.nn.init.xavier_normal 1.12 - torch.nn.init.xavier_normal_
 `xavier_normal` is now deprecated in favor of `xavier_normal_`.
torch.nn.init.xavier_uniform 1.12 - torch.nn.init.xavier_uniform_
 `xavier_uniform` is now deprecated in favor of `xavier_uniform_`.
torch.nn.modules.Container 1.12 - -
 `nn.Container` is deprecated. All of its functionality is now implemented in `nn.Module`. Subclass that ...
torch.nn.modules.NLLLoss2d 1.12 - -
 `NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement and see ...
torch.nn.modules.loss.NLLLoss2d 1.12 - -
 `NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement and see ...
torch.nn.parallel.DistributedDataParallel(broadcast_buffers) 2.13 - forward_sync_buffers=
 `broadcast_buffers` is deprecated. Use `forward_sync_buffers` instead.
torch.nn.parallel.DistributedDataParallel(check_reduction=True) 1.12 - -
 The `check_reduction` argument in `DistributedDataParallel` module is deprecated.
torch.nn.parallel.DistributedDataParallelCPU 1.12 - torch.nn.parallel.DistributedDataParallel
 `torch.nn.parallel.DistributedDataParallelCPU` is deprecated, please use ...
torch.nn.utils.clip_grad.clip_grad_norm 1.12 - torch.nn.utils.clip_grad_norm_
 `torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.
torch.nn.utils.clip_grad_norm 1.12 - torch.nn.utils.clip_grad_norm_
 `torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.
torch.nn.utils.stateless.functional_call 2.0 - torch.func.functional_call
 `torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future ...
torch.nn.utils.weight_norm 2.1 - torch.nn.utils.parametrizations.weight_norm
torch.nn.utils.weight_norm.WeightNorm.apply 2.1 - torch.nn.utils.parametrizations.weight_norm
 `torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.
torch.no_grad(@class) 2.0 - -
 Decorating classes is deprecated and will be disabled in future versions.
torch.ones(names) - 2.13 -
torch.onnx.CheckerError - 2.5 -
torch.onnx.ExportOptions 2.7 2.9 -
 torch.onnx.dynamo_export is deprecated since 2.7.0. Please use torch.onnx.export(..., dynamo=True) instead.
torch.onnx.ExportOutput - 2.2 -
torch.onnx.ExportOutputSerializer - 2.2 -
torch.onnx.ExportTypes - 2.6 -
torch.onnx.InvalidExportOptionsError - 2.5 -
torch.onnx.ONNXProgram(diagnostic_context) - 2.6 -
 got an unexpected keyword argument 'diagnostic_context'
torch.onnx.ONNXProgram(export_exception) - 2.6 -
 got an unexpected keyword argument 'export_exception'
torch.onnx.ONNXProgram(fake_context) - 2.6 -
 got an unexpected keyword argument 'fake_context'
torch.onnx.ONNXProgram(input_adapter) - 2.6 -
 got an unexpected keyword argument 'input_adapter'
torch.onnx.ONNXProgram(model_proto) - 2.6 -
 got an unexpected keyword argument 'model_proto'
torch.onnx.ONNXProgram(model_signature) - 2.5 -
 got an unexpected keyword argument 'model_signature'
torch.onnx.ONNXProgram(model_torch) - 2.6 -
 got an unexpected keyword argument 'model_torch'
torch.onnx.ONNXProgram(output_adapter) - 2.6 -
 got an unexpected keyword argument 'output_adapter'
torch.onnx.ONNXProgramSerializer - 2.5 -
torch.onnx.ONNXRuntimeOptions 2.7 2.8 -
 torch.onnx.dynamo_export is deprecated since 2.7.0. Please use torch.onnx.export(..., dynamo=True) instead.
torch.onnx.OnnxRegistry 2.7 2.8 -
 torch.onnx.dynamo_export is deprecated since 2.7.0. Please use torch.onnx.export(..., dynamo=True) instead.
torch.onnx.SymbolicContext - 2.5 -
torch.onnx.disable_log - 2.6 -
torch.onnx.dynamo_export 2.7 2.9 torch.onnx.export
 torch.onnx.dynamo_export is deprecated since 2.7.0. Please use torch.onnx.export(..., dynamo=True) instead.
torch.onnx.enable_fake_mode - 2.9 -
torch.onnx.enable_log - 2.6 -
torch.onnx.export(dynamo=False) 2.8 - dynamo=True
 You are using the legacy TorchScript-based ONNX export.
torch.onnx.export(fallback) - 2.11 -
 got an unexpected keyword argument 'fallback'
torch.onnx.export_to_pretty_string 2.5 2.6 -
torch.onnx.is_onnxrt_backend_supported - 2.9 -
torch.onnx.select_model_mode_for_export 2.7 - -
 Please set training mode before exporting the model
torch.onnx.symbolic_helper.is_caffe2_aten_fallback - 2.5 -
torch.onnx.utils.disable_apex_o2_state_dict_hook 2.7 - -
 Please remove usage of this function. Copy its logic if it is required in user code
torch.onnx.utils.export(dynamo) - 2.5 -
 got an unexpected keyword argument 'dynamo'
torch.onnx.utils.export_to_pretty_string 2.5 2.6 -
torch.onnx.utils.exporter_context 2.7 - -
 The feature will be removed. Please remove usage of this function and implement equivalent logic if needed
torch.onnx.utils.is_in_onnx_export - 2.8 -
torch.onnx.utils.select_model_mode_for_export 2.7 - -
 Please set training mode before exporting the model
torch.onnx.utils.setup_onnx_logging 2.7 - -
 The feature will be removed. Please remove usage of this function
torch.onnx.utils.unconvertible_ops 2.5 - -
 Unconvertible ops are not definitive. Please remove usage of this function
torch.optim.lr_scheduler.ConstantLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.CosineAnnealingLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.CyclicLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.ExponentialLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.LRScheduler(verbose) - 2.7 -
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.LambdaLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.LinearLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.MultiStepLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.MultiplicativeLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.OneCycleLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.PolynomialLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.ReduceLROnPlateau(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.SequentialLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.optim.lr_scheduler.StepLR(verbose) 2.2 2.7 get_last_lr()
 got an unexpected keyword argument 'verbose'
torch.overrides.get_buffer - 2.1 -
torch.potrf 1.12 1.12 torch.linalg.cholesky
torch.potri 1.12 1.12 torch.cholesky_inverse
torch.potrs 1.12 1.12 torch.cholesky_solve
torch.profiler.ExecutionGraphObserver - 2.1 -
torch.profiler.profile(use_cuda) 1.12 2.14 activities=
 use_cuda is deprecated, use activities
torch.profiler.profile(with_modules=True) 2.14 - -
 with_modules is deprecated and will be removed in a future release.
torch.qr 1.12 2.14 torch.linalg.qr
 torch.qr is deprecated in favor of torch.linalg.qr
torch.quantization.convert 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.quantization.prepare 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.quantization.prepare_qat 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.quantization.quantize 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.quantization.quantize_dynamic 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.quantization.quantize_qat 2.8 - torchao
 torch.ao.quantization is deprecated and will be removed
torch.rand(names) - 2.13 -
torch.randn(names) - 2.13 -
torch.range 1.12 - torch.arange
 torch.range is deprecated and will be removed
torch.rfft 1.12 1.12 torch.fft.rfft
torch.set_default_tensor_type 2.2 - torch.set_default_dtype
 torch.set_default_tensor_type() is deprecated as of PyTorch 2.1
torch.set_grad_enabled(@class) 2.0 - -
 Decorating classes is deprecated and will be disabled in future versions.
torch.solve 1.12 1.12 torch.linalg.solve
 This function was deprecated since version 1.9 and is now removed.
torch.sparse.SparseSemiStructuredTensor(compressed_tensor) - 2.2 -
 got an unexpected keyword argument 'compressed_tensor'
torch.sparse.SparseSemiStructuredTensor(compressed_tensor_cusparselt) - 2.3 -
 got an unexpected keyword argument 'compressed_tensor_cusparselt'
torch.sparse.SparseSemiStructuredTensor(meta_tensor_cutlass) - 2.3 -
 got an unexpected keyword argument 'meta_tensor_cutlass'
torch.sparse.SparseSemiStructuredTensor(original_shape) - 2.3 -
 got an unexpected keyword argument 'original_shape'
torch.sparse.SparseSemiStructuredTensor(original_tensor) - 2.3 -
 got an unexpected keyword argument 'original_tensor'
torch.sparse.SparseSemiStructuredTensor(sparse_tensor_cutlass) - 2.3 -
 got an unexpected keyword argument 'sparse_tensor_cutlass'
torch.sparse.SparseSemiStructuredTensor(threads_masks) - 2.4 -
 got an unexpected keyword argument 'threads_masks'
torch.sparse.SparseSemiStructuredTensor(transposed) - 2.3 -
 got an unexpected keyword argument 'transposed'
torch.sym_sum(args) - 2.12 -
 got an unexpected keyword argument 'args'
torch.symeig 1.12 2.0 torch.linalg.eigh
 This function was deprecated since version 1.9 and is now removed.
torch.tensor(names) - 2.13 -
torch.testing.assert_allclose 2.0 - torch.testing.assert_close
 `torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. Please ...
torch.testing.make_non_contiguous - 2.0 -
torch.triangular_solve 1.12 - torch.linalg.solve_triangular
 torch.triangular_solve is deprecated in favor of torch.linalg.solve_triangular
torch.trtrs 1.12 1.12 torch.linalg.solve_triangular
torch.utils._pytree._register_pytree_node 2.4 - torch.utils._pytree.register_pytree_node
 `torch.utils._pytree._register_pytree_node` is deprecated.
torch.utils.cpp_extension.include_paths(cuda) - 2.6 -
 got an unexpected keyword argument 'cuda'
torch.utils.cpp_extension.library_paths(cuda) - 2.6 -
 got an unexpected keyword argument 'cuda'
torch.utils.data.ConcatDataset.cummulative_sizes 1.12 - -
 `cummulative_sizes` attribute is renamed to `cumulative_sizes`
torch.utils.data.DataLoader(pin_memory_device) 2.9 - -
 pin_memory_device is deprecated
torch.utils.data.DataLoader2 - 2.0 torch.utils.data.DataLoader
torch.utils.data.dataset.ConcatDataset.cummulative_sizes 1.12 - -
 `cummulative_sizes` attribute is renamed to `cumulative_sizes`
torch.utils.disable_minidumps - 2.1 -
torch.utils.enable_minidumps - 2.1 -
torch.utils.enable_minidumps_on_exceptions - 2.1 -
torch.utils.ffi - 1.12 torch.utils.cpp_extension
torch.utils.model_dump.main 2.6 - -
 torch.utils.model_dump is deprecated and will be removed in a future PyTorch release.
torch.zeros(names) - 2.13 -
torchaudio.backend - 2.9 torchcodec
torchaudio.get_audio_backend 2.8 2.9 torchcodec
torchaudio.info 2.8 2.9 torchcodec
torchaudio.io 2.8 2.9 torchcodec
torchaudio.kaldi_io 2.8 2.9 torchcodec
torchaudio.list_audio_backends 2.8 2.9 torchcodec
torchaudio.prototype - 2.9 -
torchaudio.set_audio_backend 2.8 2.9 torchcodec
torchaudio.sox_effects 2.8 2.9 torchcodec
torchaudio.transforms.MelSpectrogram(onesided) 2.0 - -
 Argument 'onesided' has been deprecated and has no influence on the behavior of this module.
torchaudio.transforms.Spectrogram(return_complex) 1.12 - -
 `return_complex` argument is now deprecated and is not effective.
"""

SINCE = r"""
torch.amp.GradScaler 2.3
torch.amp.custom_bwd 2.4
torch.amp.custom_fwd 2.4
torch.compile 2.0
torch.distributed.all_gather_single 2.13
torch.distributed.checkpoint.load 2.2
torch.distributed.checkpoint.save 2.2
torch.distributed.gather_single 2.14
torch.distributed.reduce_scatter_single 2.13
torch.export.Dim 2.2
torch.export.export 2.1
torch.export.load 2.1
torch.export.save 2.1
torch.func.functional_call 2.0
torch.func.functionalize 2.0
torch.func.grad 2.0
torch.func.grad_and_value 2.0
torch.func.hessian 2.0
torch.func.jacfwd 2.0
torch.func.jacrev 2.0
torch.func.jvp 2.0
torch.func.stack_module_state 2.0
torch.func.vjp 2.0
torch.func.vmap 2.0
torch.library.register_fake 2.4
torch.nn.utils.parametrizations.weight_norm 2.1
torch.utils._pytree.register_pytree_node 2.2
"""
