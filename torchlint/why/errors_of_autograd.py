"""Errors about graphs, changes in place, modules, parameters and optimizers."""

from __future__ import annotations

from torchlint.why.kind import Blame, Kind, Sign, kind

_CONFIRM = "torchlint confirm {script}"
_ANOMALY = (
    "torch.autograd.set_detect_anomaly(True) at the start of {script}: the log then names the line of the forward pass"
)

AUTOGRAD: tuple[Kind, ...] = (
    # Changes in place.
    kind(
        "modified-inplace",
        "modified by an in-?place operation",
        "An operation kept a tensor for the backward, and something changed that tensor in place before the "
        "backward "
        "came to it. To blame is the change, not the line that raised.",
        "TLC202 TLC205 TLC204 TLC208 TLC203 TLC403",
        Blame.EARLIER,
        (Sign.CHANGE, Sign.STEP),
        f"{_CONFIRM} names the line that changed it; or {_ANOMALY}",
    ),
    kind(
        "leaf-view-inplace",
        "a view of a leaf Variable that requires grad is being used in an in-?place operation",
        "A part of a parameter, or of another leaf that requires grad, was changed in place while gradients "
        "are recorded.",
        "TLC203 TLC201",
    ),
    kind(
        "leaf-inplace",
        "a leaf Variable that requires grad (?:is being|has been) used in an in-?place operation",
        "A parameter, or another leaf that requires grad, was changed in place while gradients are recorded.",
        "TLC201 TLC203 TLC208",
    ),
    kind(
        "view-inplace",
        "is a view and is being modified in-?place|A view was created in (?:no_grad|inference) mode"
        "|is a view of a view which was created in",
        "A view was changed in place that autograd cannot follow: one of several that an operation made, or "
        "one that was "
        "made without gradients.",
        "TLC203",
    ),
    kind(
        "overlapping-inplace",
        "more than one element of the written-to tensor",
        "What was changed in place was expanded: several of its elements are the same memory.",
        "TLC203",
    ),
    kind(
        "out-requires-grad",
        r"functions with out=\.\.\. arguments don't support automatic differentiation",
        "`out=` writes into a tensor that is there already, which autograd cannot record.",
        "TLC206",
    ),
    kind(
        "inference-tensor",
        r"[Ii]nference tensors? cannot be saved for backward|on inference tensor outside InferenceMode"
        "|to inference tensor outside InferenceMode",
        "A tensor that was made under `torch.inference_mode()` is used where gradients are recorded.",
        "TLC501",
        Blame.HERE,
        (Sign.NO_GRAD,),
        "make it under torch.no_grad() instead, or .clone() it where it is used",
    ),
    # Graphs.
    kind(
        "backward-twice",
        "backward through the graph a second time",
        "A backward came to a part of the graph that an earlier backward had freed: two losses share it, or "
        "something of "
        "an earlier iteration is still part of this one's graph.",
        "TLC403 TLC401 TLC405 TLC103",
        Blame.EARLIER,
        (Sign.CARRIED, Sign.BACKWARD, Sign.COLLECTED),
        f"{_CONFIRM} names the backward that freed the graph",
    ),
    kind(
        "float-backward",
        "'(?:float|int|numpy[.\\w]*)' object has no attribute 'backward'",
        "The loss is a number and no tensor any more: something took its value out of the graph.",
        "TLC404 TLC304",
        Blame.EARLIER,
        (Sign.CUT,),
    ),
    kind(
        "backward-without-grad",
        "does not require grad and does not have a grad_fn|element \\d+ of variables does not require grad",
        "Nothing that the loss was computed from requires grad any more: it was cut off from the parameters, "
        "recorded "
        "without gradients, or they are frozen.",
        "TLC404 TLC304 TLC504 TLC502 TLC510",
        Blame.EARLIER,
        (Sign.CUT, Sign.NO_GRAD),
        "print loss.grad_fn before {place}, and the .requires_grad of what the loss is computed from",
    ),
    kind(
        "unused-input",
        "One of the differentiated Tensors appears to not have been used in the graph",
        "torch.autograd.grad was asked for the gradient of a tensor from which the output was not computed: "
        "it is another "
        "tensor with the same content (after .to(), .clone() or .detach()), or unused.",
        "TLC404 TLC304",
        Blame.EARLIER,
        (Sign.CUT,),
        "allow_unused=True in {place}: the gradient that comes out as None is the tensor's",
    ),
    kind(
        "input-without-grad",
        "One of the differentiated Tensors does not require grad",
        "torch.autograd.grad was asked for the gradient of a tensor that does not require grad.",
        "TLC404 TLC304",
        Blame.EARLIER,
        (Sign.CUT, Sign.NO_GRAD),
    ),
    kind(
        "not-scalar",
        "grad can be implicitly created only for scalar outputs",
        "backward() was called on a tensor with several elements. A loss is one number: take .mean() or .sum() of it.",
    ),
    kind(
        "nonleaf-requires-grad",
        "can only change requires_grad flags of leaf variables",
        "requires_grad was changed on the result of an operation, whose graph decides that; use .detach().",
        "TLC508",
    ),
    kind(
        "gradient-count",
        r"(?:function (?P<function>\w+)Backward\w* )?returned an incorrect number of gradients "
        r"\(expected (?P<expected>\d+), got (?P<got>\d+)\)",
        "The backward of the custom function `{function}` returned {got} gradients. It has to return "
        "{expected}, one for "
        "each argument of forward.",
        "TLC406",
        Blame.CLASS,
    ),
    kind(
        "numpy-requires-grad",
        r"Can't call numpy\(\) on Tensor that requires grad",
        "A NumPy array cannot have a graph: call .detach() first, where no gradient is to flow.",
        "TLC305",
    ),
    kind(
        "deepcopy-nonleaf",
        r"Only Tensors created explicitly by the user \(graph leaves\) support the deepcopy",
        "What was copied holds the result of an operation together with its graph.",
        "TLC306 TLC103",
        Blame.HERE,
    ),
    kind(
        "anomaly-nan",
        r"Function '(?P<node>\w+)' returned nan values in its (?P<output>\d+)th output",
        "The backward of {node} computed NaN: look at what the operation got, such as 0 for sqrt or log.",
        "",
        Blame.EARLIER,
        (),
        "torch.isfinite(...).all() of what goes into the operation, at the line that anomaly mode named",
    ),
    # Modules, parameters, optimizers.
    kind(
        "before-init",
        r"before Module\.__init__\(\) call|object has no attribute '_(?:parameters|modules|buffers|backward_hooks"
        "|forward_hooks|forward_pre_hooks|backward_pre_hooks|non_persistent_buffers_set)'",
        "Something was assigned to a module before `super().__init__()` ran, or that is never called.",
        "TLC104",
        Blame.CLASS,
    ),
    kind(
        "empty-optimizer",
        "optimizer got an empty parameter list",
        "The module registered no parameters: they are kept where nn.Module does not look (a list, a dict), "
        "its __init__ "
        "did not run, or they were used up by an iterator.",
        "TLC614 TLC102 TLC103 TLC104 TLC101 TLC608",
        Blame.CLASS,
        (Sign.PLAIN,),
        "print([name for name, _ in model.named_parameters()]) before {place}",
    ),
    kind(
        "nonleaf-optimizer",
        "can't optimize a non-leaf Tensor",
        "The optimizer was given the result of an operation, which is computed anew and cannot be trained.",
        "TLC607 TLC103",
        Blame.HERE,
    ),
    kind(
        "optimizer-groups",
        "loaded state dict (?:contains a parameter group that doesn't match|has a different number of "
        "parameter groups)",
        "The optimizer was saved for other parameters than it has now: some were added, left out, or registered since.",
        "TLC102 TLC103",
        Blame.CLASS,
        (Sign.PLAIN,),
    ),
    kind(
        "state-dict",
        r"Error\(s\) in loading state_dict for (?P<class>\w+)",
        "The checkpoint and the `{class}` that is there now do not have the same parameters and buffers.",
        "TLC102 TLC103 TLC101 TLC104",
        Blame.CLASS,
        (Sign.PLAIN,),
        "print(set(checkpoint) ^ set(model.state_dict())) before {place}",
    ),
    kind(
        "ddp-unused",
        "Expected to have finished reduction in the prior iteration",
        "Parameters of the model got no gradient in the last iteration, and DistributedDataParallel waits "
        "for those of "
        "all: their layer was not used in forward, or its result is cut off from the loss.",
        "TLC304 TLC609 TLC102 TLC504",
        Blame.CLASS,
        (Sign.CUT, Sign.NO_GRAD),
        "TORCH_DISTRIBUTED_DEBUG=DETAIL in the environment: the error then names the parameters",
    ),
    kind(
        "ddp-twice",
        "Expected to mark a variable ready only once",
        "A parameter got its gradient twice in one backward: the model ran more than once before it, or is "
        "checkpointed "
        "with use_reentrant=True.",
        "",
        Blame.EARLIER,
        (Sign.BACKWARD,),
        "TORCH_DISTRIBUTED_DEBUG=DETAIL in the environment: the error then names the parameter",
    ),
    kind(
        "no-gradient-yet",
        r"'NoneType' object has no attribute '(?:data|zero_|norm|detach|clone|abs|mean|add_|mul_|copy_|view"
        r"|shape)'",
        "Something that should be a tensor is None. Where it is a .grad: no backward has come to that parameter yet.",
        "TLC307 TLC609 TLC304",
        Blame.HERE,
        (Sign.CUT,),
        "print what is None at {place}; of a .grad, the .is_leaf and .requires_grad of its tensor",
    ),
    kind(
        "unscaled-twice",
        r"unscale_\(\) has already been called on this optimizer|unscale_\(\) is being called after step",
        "The gradients of this optimizer were unscaled already: unscale_() once for each step, then scaler.update().",
        "TLC611 TLC602",
    ),
    kind(
        "stepped-twice",
        r"step\(\) has already been called since the last update\(\)",
        "The scaler stepped this optimizer twice: scaler.update() comes after the steps of each iteration.",
        "TLC611",
    ),
    kind(
        "misspelled-flag",
        r"unexpected keyword argument 'require_grad'|no attribute 'require_grad_?'",
        "The name is `requires_grad`, and `requires_grad_` for the method.",
        "TLC308",
    ),
    kind(
        "legacy-function",
        "Legacy autograd function with non-static forward method",
        "A custom function is not instantiated: its methods are static, and `.apply(...)` calls it.",
        "TLC409",
    ),
    kind(
        "mode-override",
        r"train\(\) takes 1 positional argument but 2 were given",
        "An override of `train` does not take the mode, which `eval()` gives it: def train(self, mode=True).",
        "TLC511",
    ),
    kind(
        "metric-missing",
        "missing 1 required positional argument: 'metrics'",
        "`ReduceLROnPlateau` follows a metric: scheduler.step(validation_loss).",
        "TLC612",
    ),
    kind(
        "nothing-scaled",
        "No inf checks were recorded for this optimizer",
        "The scaler found no gradient at any parameter of this optimizer: the backward did not come to them.",
        "TLC609 TLC304 TLC504",
        Blame.EARLIER,
        (Sign.CUT, Sign.NO_GRAD),
    ),
    kind(
        "missing-forward",
        r'Module \[(?P<class>\w+)\] is missing the required "forward" function',
        "`{class}` has no method `forward`: it is misspelled, or indented into another one.",
        "",
        Blame.CLASS,
    ),
    kind(
        "uncalled-mode",
        "(?:no_grad|enable_grad|inference_mode|set_grad_enabled)' object does not support the context manager"
        "|type object '(?:no_grad|enable_grad|inference_mode)' has no attribute '__e"
        "|(?:'type' object|the class itself) does not support the context manager protocol"
        "|^AttributeError: __enter__$",  # all that Python 3.10 says
        "`with` needs a context manager, which a class is not: call it, as in `with torch.no_grad():`.",
        "TLC502",
    ),
)
